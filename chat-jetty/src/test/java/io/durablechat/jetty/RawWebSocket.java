package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A WebSocket client on a bare socket (RFC 6455), which can do what no polite client does: send any
 * frame, read nothing, vanish. What it waits for must come within 20 s. Used by one thread.
 */
public final class RawWebSocket implements AutoCloseable {
  /** Opcodes of RFC 6455, section 5.2. */
  public static final int CONTINUATION = 0;

  /** A text frame. */
  public static final int TEXT = 1;

  /** A binary frame. */
  public static final int BINARY = 2;

  /** A close frame. */
  public static final int CLOSE = 8;

  /** A ping frame. */
  public static final int PING = 9;

  /** A pong frame. */
  public static final int PONG = 10;

  private static final int DEADLINE_MILLIS = 20_000;
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  /** A frame as it came. */
  public record Frame(boolean fin, int opCode, ByteBuffer payload) {
    /** The payload as text. */
    public String text() {
      return UTF_8.decode(payload.duplicate()).toString();
    }

    /** The code of a close frame. */
    public int closeCode() {
      return payload.getShort(0);
    }

    /** The text of a close frame. */
    public String closeText() {
      return UTF_8.decode(payload.slice(2, payload.limit() - 2)).toString();
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final String response;

  private RawWebSocket(Socket socket, byte[] request) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    socket.getOutputStream().write(request);
    response = head(in);
  }

  /** Opens a plain WebSocket to this room, named as it stands in the path. */
  public static RawWebSocket plain(int port, String room) {
    return open(port, "/room/" + room + "/websocket", List.of());
  }

  /** Opens a WebSocket that offers {@code chat.v1}. */
  public static RawWebSocket chatV1(int port, String room) {
    return open(port, "/room/" + room + "/websocket", List.of("Sec-WebSocket-Protocol: chat.v1"));
  }

  /** Opens a WebSocket with further headers, which must succeed. */
  public static RawWebSocket open(int port, String path, List<String> headers) {
    RawWebSocket socket = handshake(port, path, headers);
    if (socket.status() != 101) {
      throw new AssertionError("no WebSocket: " + socket.response);
    }
    return socket;
  }

  /** Tries a handshake, whatever comes of it. */
  public static RawWebSocket handshake(int port, String path, List<String> headers) {
    List<String> lines = new ArrayList<>();
    lines.add("GET " + path + " HTTP/1.1");
    lines.add("Host: localhost:" + port);
    lines.add("Upgrade: websocket");
    lines.add("Connection: Upgrade");
    lines.add("Sec-WebSocket-Version: 13");
    lines.add("Sec-WebSocket-Key: " + KEY);
    lines.addAll(headers);
    return request(port, lines);
  }

  /** Sends a request of these lines and reads the head of the answer. */
  public static RawWebSocket request(int port, List<String> lines) {
    return request(port, lines, new byte[0]);
  }

  /** Sends a request of these lines, and bytes in the same breath. */
  public static RawWebSocket request(int port, List<String> lines, byte[] more) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes((String.join("\r\n", lines) + "\r\n\r\n").getBytes(UTF_8));
      request.writeBytes(more);
      return new RawWebSocket(socket, request.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("answer ended early: " + head);
      }
      head.append((char) c);
    }
    return head.toString();
  }

  /** The status of the answer. */
  public int status() {
    return Integer.parseInt(response.substring(9, 12));
  }

  /** The head of the answer, whole. */
  public String head() {
    return response;
  }

  /** A header of the answer. */
  public Optional<String> header(String name) {
    return response
        .lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  /** The body of an answer that names its length. */
  public String body() {
    return read(header("Content-Length").map(Integer::parseInt).orElse(0));
  }

  /** Reads so many bytes, whatever they are, or to the end. */
  public String read(int length) {
    try {
      return new String(in.readNBytes(length), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on, whatever it is, until this has come. */
  public String readUntil(String text) {
    StringBuilder read = new StringBuilder();
    try {
      while (read.indexOf(text) < 0) {
        read.append((char) in.readUnsignedByte());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("so far: " + read, e);
    }
    return read.toString();
  }

  /** All that comes until the other side ends it, however it does. */
  public String readToEnd() {
    StringBuilder read = new StringBuilder();
    try {
      for (int c = in.read(); c >= 0; c = in.read()) {
        read.append((char) c);
      }
    } catch (IOException e) {
      // It was reset: nothing more comes.
      return read.toString();
    }
    return read.toString();
  }

  /** Reads on, and returns whether the other side ends it instead of falling silent. */
  public boolean isCut() {
    try {
      while (in.read() >= 0) {
        // Whatever it is.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Sends a text frame. */
  public void send(String text) {
    send(true, TEXT, text.getBytes(UTF_8));
  }

  /** Sends a binary frame. */
  public void send(byte[] data) {
    send(true, BINARY, data);
  }

  /** Sends any frame, masked. */
  public void send(boolean fin, int opCode, byte[] payload) {
    byte[] frame = masked(fin, opCode, payload);
    write(frame, frame.length);
  }

  /** Sends text frames in one breath. */
  public void sendTogether(String... texts) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (String text : texts) {
      frames.writeBytes(masked(true, TEXT, text.getBytes(UTF_8)));
    }
    write(frames.toByteArray(), frames.size());
  }

  private static byte[] masked(boolean fin, int opCode, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) ((fin ? 0x80 : 0) | opCode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = {1, 2, 3, 4};
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    return Arrays.copyOf(frame.array(), frame.position());
  }

  /** Sends bytes as they are. */
  public void write(byte[] bytes, int length) {
    try {
      socket.getOutputStream().write(bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next frame. */
  public Frame receive() {
    try {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      if ((second & 0x80) != 0 || (first & 0x70) != 0) {
        throw new AssertionError("masked frame, or reserved bits set");
      }
      long length = second & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = in.readNBytes((int) length);
      return new Frame((first & 0x80) != 0, first & 0x0f, ByteBuffer.wrap(payload));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of the next frame, which must be one whole text frame. */
  public String receiveText() {
    Frame frame = receive();
    if (!frame.fin() || frame.opCode() != TEXT) {
      throw new AssertionError("not a text frame: " + frame);
    }
    return frame.text();
  }

  /** Whether nothing has come and nothing comes within this time. */
  public boolean isSilentFor(int millis) {
    try {
      socket.setSoTimeout(millis);
      in.mark(1);
      int c = in.read();
      in.reset();
      return c == Integer.MIN_VALUE;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      restoreTimeout();
    }
  }

  private void restoreTimeout() {
    try {
      socket.setSoTimeout(DEADLINE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server has closed the stream; waits for it. */
  public boolean isEnded() {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Vanishes: with unread data or lingering off, without a word of TCP's farewell but a reset. */
  public void vanish() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the stream without a close frame. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
