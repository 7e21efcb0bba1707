package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded conversations about who may do what: moderators, and tokens. */
final class RightsConversationsTest {
  private static final String ANN = ",'key':'ann-0123456789abcdefghijkl'";
  private static final String BOB_KEY = "bob-0123456789abcdefghijkl";
  private static final String BOB = ",'key':'" + BOB_KEY + "'";
  private static final String EVE = ",'key':'eve-0123456789abcdefghijkl'";
  private static final String DAN = ",'key':'dan-0123456789abcdefghijkl'";
  private static final String ANN_ID = "guest:DpFfLgB3S_ZcI1vbH5-Wd2k8QBj7LoVoeV7F-pimrv0";
  private static final String BOB_ID = "guest:G9BH55DRUlBRbroZUZhFlg0GzS4pMfl3M_l5z5sfwtg";
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final long LONG_AGO = 1_000_000_000;
  private static final long FAR_AWAY = 4_000_000_000L;

  @Test
  void moderatorsDecide(@TempDir Path folder) throws Exception {
    Path rules =
        Files.writeString(
            folder.resolve("rules.json"),
            """
            [{"who": "%s", "rooms": "*", "may": ["join", "read", "publish", "moderate"]},
             {"rooms": "members", "may": []},
             {"rooms": "*", "may": ["join", "read", "publish"]}]
            """
                .replace("%s", ANN_ID));
    String[] options = {"--data", "memory", "--rules", rules.toString()};
    Conversation.playTwice("moderation-messages", RightsConversationsTest::messages, options);
    Conversation.playTwice("moderation-members", RightsConversationsTest::members, options);
    Conversation.playTwice("moderation-invites", RightsConversationsTest::invites, options);
  }

  /** A moderator's word, which is kept. */
  private static void rule(ChatV1Voice ann, String rest, String... alsoHears) {
    ann.says("{'type':'moderate','id':'r'," + rest + "}");
    String[] types = new String[alsoHears.length + 1];
    types[0] = "ok";
    System.arraycopy(alsoHears, 0, types, 1, alsoHears.length);
    ann.hears(types);
  }

  private static void messages(Conversation all) {
    all.hidePresence();
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN);
    ChatV1Voice bob = all.chat("bob", "general");
    bob.comesIn(BOB);
    for (int i = 1; i <= 3; i++) {
      bob.says("{'type':'publish','id':'" + i + "','text':'" + i + "'}").hears("ok", "message");
      ann.hears("message");
    }
    all.note("A message is deleted, for all who are there and all who come.");
    ann.says("{'type':'delete','id':'d','seq':2,'reason':'rude'}").hears("ok", "deleted");
    bob.hears("deleted");
    for (String wrong :
        new String[] {
          "'id':'d','seq':2",
          "'id':'d','seq':99",
          "'id':'d','seq':4",
          "'id':'d'",
          "'seq':1",
          "'id':'d','seq':1,'why':'typo'"
        }) {
      ann.says("{'type':'delete'," + wrong + "}").hears("error");
    }
    ChatV1Voice eve = all.chat("eve", "general");
    eve.says("{'type':'hello','history':10}").hears("welcome");
    eve.hears("message", "message", "deleted");
    eve.hears("live");
    bob.says("{'type':'history','id':'h'}").hears("history");
    bob.says("{'type':'publish','id':'2','text':'2'}").hears("ok");
    all.note("A locked room.");
    rule(ann, "'action':'lock'", "room");
    bob.hears("room");
    eve.hears("room");
    bob.says("{'type':'publish','id':'4','text':'4'}").hears("error");
    bob.says("{'type':'publish','id':'3','text':'3'}").hears("ok");
    bob.says("{'type':'rename','id':'n','name':'Bob'}").hears("error");
    all.plain("dan", "general", "").says("into a locked room").hears();
    all.post("dan", "POST /room/general/messages", "the same", "Content-Type: text/plain");
    ann.says("{'type':'publish','id':'1','text':'of ann'}").hears("ok", "message");
    bob.hears("message");
    eve.hears("message");
    rule(ann, "'action':'unlock'", "room");
    bob.hears("room");
    eve.hears("room");
    all.note("A slow room.");
    rule(ann, "'action':'slow','slow':3600000", "room");
    bob.hears("room");
    eve.hears("room");
    bob.says("{'type':'publish','id':'5','text':'5'}").hears("ok", "message");
    ann.hears("message");
    eve.hears("message");
    bob.says("{'type':'publish','id':'6','text':'6'}").hears("error");
    bob.says("{'type':'publish','id':'5','text':'5'}").hears("ok");
    ann.says("{'type':'publish','text':'of ann'}").hears("message");
    bob.hears("message");
    eve.hears("message");
    all.chat("dan", "general").comesIn(DAN);
    rule(ann, "'action':'slow','slow':0", "room");
    bob.hears("room");
    eve.hears("room");
  }

  private static void members(Conversation all) {
    all.hidePresence();
    ChatV1Voice ann = all.chat("ann", "general");
    ann.comesIn(ANN);
    ChatV1Voice bob = all.chat("bob", "general");
    bob.comesIn(BOB);
    bob.says("{'type':'publish','id':'1','text':'one'}").hears("ok", "message");
    ann.hears("message");
    String about = ",'member':'" + BOB_ID + "'";
    all.note("Who is muted reads on.");
    rule(ann, "'action':'mute'" + about);
    bob.says("{'type':'publish','id':'2','text':'two'}").hears("error");
    bob.says("{'type':'publish','id':'1','text':'one'}").hears("ok");
    bob.says("{'type':'rename','id':'n','name':'Bob'}").hears("error");
    all.post(
        "bob",
        "POST /room/general/messages",
        "the same",
        "Content-Type: text/plain",
        "Authorization: Guest " + BOB_KEY);
    rule(ann, "'action':'mute','for':3600000" + about);
    bob.says("{'type':'publish','id':'2','text':'two'}").hears("error");
    rule(ann, "'action':'unmute'" + about);
    bob.says("{'type':'publish','id':'2','text':'two'}").hears("ok", "message");
    ann.hears("message");
    all.note("Who is sent away may come back.");
    rule(ann, "'action':'kick','reason':'enough for today'" + about);
    bob.hearsBye();
    bob = all.chat("bob", "general");
    bob.comesIn(BOB);
    all.note("Who is banned may not.");
    rule(ann, "'action':'ban','reason':'spam'" + about);
    bob.hearsBye();
    bob = all.chat("bob", "general");
    bob.says("{'type':'hello'" + BOB + "}").hearsBye();
    String shown = "Authorization: Guest " + BOB_KEY;
    all.post("bob", "POST /room/general/messages", "still here", "Content-Type: text/plain", shown);
    all.ask("bob", "GET /room/general/messages", shown);
    all.ask("bob", "GET /room/general/events", shown);
    all.chat("bob", "kitchen").comesIn(BOB);
    rule(ann, "'action':'unban'" + about);
    bob = all.chat("bob", "general");
    bob.comesIn(BOB);
    all.note("What cannot be.");
    for (String wrong :
        new String[] {
          "'action':'unban'" + about,
          "'action':'unmute'" + about,
          "'action':'ban','member':'" + ANN_ID + "'",
          "'action':'ban','member':'Bob'",
          "'action':'ban'",
          "'action':'sing'" + about,
          "'action':'lock'" + about,
          "'action':'mute','fro':1" + about,
          "'action':'mute','for':'1h'" + about,
          "'action':'slow'",
          "'member':'x'"
        }) {
      ann.says("{'type':'moderate','id':'r'," + wrong + "}").hears("error");
    }
    ann.says("{'type':'moderate','action':'unlock'}").hears("error");
    all.note("With all who come from the same address, but for moderators.");
    PlainVoice dan = all.plain("dan", "general", "");
    dan.saysAndHears("I am next to Bob");
    ann.hears("message");
    bob.hears("message");
    rule(ann, "'action':'ban','address':true" + about);
    bob.hearsBye();
    dan.hears();
    all.plain("dan", "general", "").hears();
    all.chat("eve", "general").says("{'type':'hello'}").hearsBye();
  }

  private static void invites(Conversation all) {
    all.hidePresence();
    ChatV1Voice ann = all.chat("ann", "members");
    ann.comesIn(ANN);
    all.chat("bob", "members").says("{'type':'hello'" + BOB + "}").hearsBye();
    ann.says("{'type':'moderate','id':'i','action':'invite','uses':1}");
    String invite = ann.hears("ok").get("invite").getAsString();
    all.note("It takes a key.");
    all.chat("eve", "members").says("{'type':'hello','invite':'" + invite + "'}").hearsBye();
    all.chat("bob", "members").comesIn(BOB + ",'invite':'" + invite + "'");
    all.note("It is used up, and need not be shown again.");
    all.chat("eve", "members")
        .says("{'type':'hello'" + EVE + ",'invite':'" + invite + "'}")
        .hearsBye();
    all.chat("bob", "members").comesIn(BOB);
    all.note("One that is made up, of another room, or void.");
    all.chat("eve", "members").says("{'type':'hello'" + EVE + ",'invite':'made up'}").hearsBye();
    all.chat("eve", "general")
        .says("{'type':'hello'" + EVE + ",'invite':'" + invite + "'}")
        .hearsBye();
    ann.says("{'type':'moderate','id':'i','action':'invite','for':3600000}");
    JsonObject second = ann.hears("ok");
    all.chat("eve", "members")
        .comesIn(EVE + ",'invite':'" + second.get("invite").getAsString() + "'");
    rule(ann, "'action':'revoke','seq':" + second.get("seq"));
    all.chat("dan", "members")
        .says("{'type':'hello'" + DAN + ",'invite':'" + second.get("invite").getAsString() + "'}")
        .hearsBye();
    all.chat("eve", "members").comesIn(EVE);
    ann.says("{'type':'moderate','id':'r','action':'revoke','seq':" + second.get("seq") + "}");
    ann.hears("error");
  }

  @Test
  void tokensSayWhoOneIs(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET);
    Conversation.playTwice(
        "tokens",
        RightsConversationsTest::tokens,
        "--data",
        "memory",
        "--jwt-secret-file",
        secret.toString(),
        "--jwt-cookie",
        "chat",
        "--guests",
        "read-only");
    Conversation.playTwice(
        "tokens-needed",
        RightsConversationsTest::withoutTokens,
        "--data",
        "memory",
        "--jwt-secret-file",
        secret.toString(),
        "--guests",
        "deny");
  }

  private static void tokens(Conversation all) throws Exception {
    all.hidePresence();
    final String ann = token(all, "Ann", "\"sub\":\"ann\",\"name\":\"Ann\"", FAR_AWAY);
    final String annAgain = token(all, "Ann, again", "\"sub\":\"ann\",\"jti\":\"2\"", FAR_AWAY);
    final String bob = token(all, "Bob", "\"sub\":\"bob\"", FAR_AWAY);
    final String expired = token(all, "long ago", "\"sub\":\"ann\"", LONG_AGO);
    final String kitchen =
        token(
            all,
            "one who may be in the kitchen",
            "\"sub\":\"cook\",\"chat\":[{\"rooms\":\"kitchen\",\"may\":[\"join\",\"read\"]}]",
            FAR_AWAY);
    all.note("Guests read.");
    ChatV1Voice guest = all.chat("guest", "general");
    guest.comesIn(BOB);
    guest.says("{'type':'publish','id':'1','text':'may I?'}").hears("error");
    guest.says("{'type':'rename','id':'n','name':'Bob'}").hears("error");
    guest.says("{'type':'auth','id':'t','token':'" + bob + "'}").hears("error");
    all.post(
        "guest",
        "POST /room/general/messages",
        "may I?",
        "Content-Type: text/plain",
        "Authorization: Guest " + BOB_KEY);
    all.plain("guest", "general", "").says("may I?").hears();
    all.note("A name that comes with a token stays.");
    ChatV1Voice inside = all.chat("ann", "general");
    inside.comesIn(",'name':'Queen','token':'" + ann + "'");
    inside.says("{'type':'publish','id':'1','text':'hello'}").hears("ok", "message");
    guest.hears("message");
    inside.says("{'type':'rename','id':'n','name':'Queen'}").hears("error");
    all.note("Another token of the same one.");
    inside.says("{'type':'auth','id':'t','token':'" + annAgain + "'}").hears("ok");
    for (String wrong : new String[] {bob, expired, "e.y.J"}) {
      inside.says("{'type':'auth','id':'t','token':'" + wrong + "'}").hears("error");
    }
    inside.says("{'type':'auth','id':'t'}").hears("error");
    inside.says("{'type':'auth','token':'" + ann + "'}").hears("error");
    all.note("With the handshake.");
    ChatV1Voice byHeader = all.chat("bob", "general", "Authorization: Bearer " + bob);
    byHeader.comesIn(",'name':'Bobby'");
    byHeader.leaves();
    all.chat("bob", "general", "Cookie: chat=" + bob).comesIn("");
    all.chat("bob", "general", "Authorization: Bearer " + expired)
        .says("{'type':'hello'}")
        .hearsBye();
    all.note("Rules of its own.");
    all.chat("cook", "kitchen").comesIn(",'token':'" + kitchen + "'");
    all.chat("cook", "general").says("{'type':'hello','token':'" + kitchen + "'}").hearsBye();
    all.note("What is not to be believed.");
    for (String wrong : new String[] {expired, "e.y.J", ann + "x"}) {
      all.chat("eve", "general").says("{'type':'hello','token':'" + wrong + "'}").hearsBye();
    }
    all.note("Over HTTP.");
    String path = "POST /room/general/messages";
    String text = "Content-Type: text/plain";
    all.post("ann", path, "over HTTP", text, "Authorization: Bearer " + ann);
    inside.hears("message");
    guest.hears("message");
    all.post(
        "ann",
        path,
        "twice",
        text,
        "Chat-Authorization: Bearer " + ann,
        "Authorization: Basic YTpi");
    all.post("eve", path, "late", text, "Authorization: Bearer " + expired);
    all.ask("cook", "GET /room/general/messages", "Authorization: Bearer " + kitchen);
    all.ask("cook", "GET /room/kitchen/messages", "Authorization: Bearer " + kitchen);
    all.ask("cook", "GET /room/general/events", "Authorization: Bearer " + kitchen);
  }

  private static void withoutTokens(Conversation all) {
    all.chat("guest", "general").says("{'type':'hello'" + BOB + "}").hearsBye();
    all.chat("guest", "general").says("{'type':'hello'}").hearsBye();
    all.handshake("guest", "/room/general/websocket");
    all.plain("guest", "general", "").hears();
    all.ask("guest", "GET /room/general/messages");
    all.ask("guest", "GET /room/general/events", "Authorization: Guest " + BOB_KEY);
    all.post("guest", "POST /room/general/messages", "hello", "Content-Type: text/plain");
    all.ask("guest", "GET /rooms");
  }

  /** A token that the server believes, shown by a name. */
  private static String token(Conversation all, String name, String claims, long expires)
      throws GeneralSecurityException {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed =
        base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(UTF_8))
            + "."
            + base64.encodeToString(
                String.format(Locale.ROOT, "{%s,\"exp\":%d}", claims, expires).getBytes(UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
    String token = signed + "." + base64.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    all.placeholders().name(token, "token of " + name);
    return token;
  }
}
