package io.durablechat.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events are read tolerantly: later servers say more than this client knows. */
final class EventTest {
  private static Event parse(String line) {
    return Event.parse(line.replace('\'', '"'));
  }

  @Test
  void anEventOfAnUnknownTypeIsOneToBePassedOver() {
    assertEquals(new Event.Unknown("poem"), parse("{'type':'poem','lines':[1,{}]}"));
  }

  @Test
  void aRecordOfAnUnknownTypeIsNumberedLikeAnyOther() {
    assertEquals(
        new ChatEntry.Unknown("edited", 7, 5, Optional.of("c")),
        parse("{'type':'edited','seq':7,'prev':5,'target':{'other':'meaning'},'cursor':'c'}"));
  }

  @Test
  void aMessageOfAnUnknownKindAndContentIsAMessage() {
    ChatEntry.Message entry =
        (ChatEntry.Message)
            parse(
                "{'type':'message','seq':2,'prev':1,'from':{'id':'user:a','shoes':42},'at':1,"
                    + "'kind':'voice','sound':'moo'}");
    assertEquals("voice", entry.message().kind());
    assertEquals(Optional.empty(), entry.message().content());
  }

  @Test
  void anErrorOfAnUnknownCodeIsAnError() {
    Event.Refusal refusal =
        (Event.Refusal) parse("{'type':'error','code':'full_moon','message':'not tonight'}");
    assertEquals(Optional.empty(), ErrorCode.of(refusal.code()));
    assertEquals(Optional.of(ErrorCode.SLOW_MODE), ErrorCode.of("slow_mode"));
  }

  @Test
  void whatIsNullIsNotThere() {
    assertEquals(
        new Bye(1001, true, Optional.empty(), "bye"),
        parse("{'type':'bye','code':1001,'reconnect':true,'after':null,'reason':'bye'}"));
  }

  @Test
  void theTimeToComeBackInIsRead() {
    Bye bye =
        (Bye) parse("{'type':'bye','code':1012,'reconnect':true,'after':[500,5000],'reason':''}");
    assertEquals(
        Optional.of(new Bye.Window(Duration.ofMillis(500), Duration.ofSeconds(5))), bye.after());
  }

  @Test
  void bytesComeThrough() {
    byte[] bytes = {0, -1, 7, 127};
    assertArrayEquals(bytes, ChatContent.Data.of(ByteBuffer.wrap(bytes)).bytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "nonsense | not valid JSON",
        "[] | not one JSON object",
        "{} | type is missing",
        "{'type':'live'} | head is missing",
        "{'type':'live','head':'7'} | head must be a number",
        "{'type':'live','head':7.5} | head must be a whole number",
        "{'type':'live','head':1e99999} | head must be a whole number",
        "{'type':'live','head':7}{} | not valid JSON",
        "{'type':'presence','count':4294967296,'version':1} | count must be from 0 to 2147483647",
        "{'type':'typing','who':{}} | who must be a list",
        "{'type':'typing','who':[7]} | who must be an object",
        "{'type':'ok','id':'1','you':7} | you must be an object",
        "{'type':'bye','code':1001,'reconnect':1,'reason':''} | reconnect must be a boolean",
        "{'type':'bye','code':1001,'reconnect':true,'after':[1],'reason':''} | after must be two numbers",
      })
  void whatAServerCannotSayIsMalformed(String line, String why) {
    assertEquals(why, assertThrows(MalformedException.class, () -> parse(line)).getMessage());
  }

  @Test
  void listsDoNotChange() {
    Event.Typing typing = (Event.Typing) parse("{'type':'typing','who':[{'id':'user:a'}]}");
    List<ChatMember> who = typing.who();
    assertThrows(UnsupportedOperationException.class, who::clear);
  }
}
