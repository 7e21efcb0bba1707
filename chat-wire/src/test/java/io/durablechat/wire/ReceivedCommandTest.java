package io.durablechat.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands are read strictly, and what is wrong with one is said in a line. */
final class ReceivedCommandTest {
  private static ReceivedCommand received(String line) {
    return ReceivedCommand.parse(line.replace('\'', '"'));
  }

  private static String refusal(String line) {
    return assertThrows(MalformedException.class, () -> received(line).command()).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "nonsense | not valid JSON, or half of a surrogate pair in it",
        "{'type':'ping'} {} | not valid JSON, or half of a surrogate pair in it",
        "[1] | each line must be a JSON object",
        "{'type':'ping',} | not valid JSON, or half of a surrogate pair in it",
        "{type:'ping'} | not valid JSON, or half of a surrogate pair in it",
        "{'type':'publish','text':'\\ud800'} | not valid JSON, or half of a surrogate pair in it",
        "{'type':'ping','type':'ping'} | a member is named twice",
        "{'text':'no type'} | type is missing",
        "{'type':7} | type must be a string",
        "{'type':'ping','id':7} | id must be a string",
        "{'type':'publish','id':'1'} | text is missing",
        "{'type':'publish','text':null} | text is missing",
        "{'type':'publish','text':'a','replyTo':1.0} | replyTo must be a whole number from 0 to 2^53-1",
        "{'type':'publish','text':'a','replyTo':9007199254740992} | replyTo must be a whole number from 0 to 2^53-1",
        "{'type':'publish','text':'a','replyTo':1e999999999} | replyTo must be a whole number from 0 to 2^53-1",
        "{'type':'hello','key':7} | key must be a string",
        "{'type':'auth','token':'e'} | auth needs an id",
        "{'type':'auth','id':'1'} | token is missing",
        "{'type':'history'} | history needs an id",
        "{'type':'history','id':'1','before':1,'after':1} | history goes before or after a seq, not both",
        "{'type':'rename','name':'a'} | rename needs an id",
        "{'type':'rename','id':'1'} | name is missing",
        "{'type':'typing'} | on is missing",
        "{'type':'typing','on':1} | on must be true or false",
        "{'type':'delete','seq':1} | what moderates needs an id",
        "{'type':'delete','id':'1'} | seq is missing",
        "{'type':'delete','id':'1','seq':1,'target':1} | no such member here; there are action, address, for, id, member, reason, seq, slow, type, uses",
        "{'type':'delete','id':'1','seq':1,'member':'user:a'} | delete is about a room, not about a member",
        "{'type':'moderate','id':'1'} | action is missing",
        "{'type':'moderate','id':'1','action':'admit'} | action is one of delete, mute, unmute, kick, ban, unban, slow, lock, unlock, invite, revoke",
        "{'type':'moderate','id':'1','action':'mute'} | member is missing",
        "{'type':'moderate','id':'1','action':'slow'} | slow is missing",
        "{'type':'moderate','id':'1','action':'mute','member':'user:a','for':null} | for is null; leave it out",
      })
  void whatIsWrongIsSaid(String line, String why) {
    assertEquals(why, refusal(line));
  }

  @Test
  void commandsAreReadAsValues() {
    assertEquals(
        Optional.of(
            new Command.Publish(Optional.of("1"), "Hello", OptionalLong.of(Protocol.MAX_NUMBER))),
        received("{'type':'publish','id':'1','text':'Hello','replyTo':9007199254740991}")
            .command());
    assertEquals(
        Optional.of(Command.Hello.anonymous().withKey("k").withCursor(Optional.of("c"))),
        received("{'cursor':'c','key':'k','type':'hello','shoes':{'size':[42]}}").command());
    assertEquals(
        Optional.of(
            new Command.Moderate(
                "1",
                new ModerationRequest(
                    ModerationRequest.Action.BAN,
                    Optional.of("user:a"),
                    OptionalLong.empty(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.of(Duration.ofSeconds(1)),
                    true,
                    Optional.empty()))),
        received(
                "{'type':'moderate','id':'1','action':'ban','member':'user:a','for':1000,"
                    + "'address':true,'seq':'passed over'}")
            .command());
    assertEquals(
        Optional.of(new Command.Delete("1", ModerationRequest.delete(3))),
        received("{'type':'delete','id':'1','seq':3}").command());
    assertEquals(Optional.empty(), received("{'type':'poem'}").command());
  }

  @Test
  void typeAndIdAreThereBeforeTheRestIsRead() {
    ReceivedCommand command = received("{'type':'publish','id':'1','text':7}");
    assertEquals("publish", command.type());
    assertEquals(Optional.of("1"), command.id());
    assertThrows(MalformedException.class, command::publish);
  }

  @Test
  void anIdThatIsTooLongIsNotRepeatedButStaysInItsPublish() {
    String id = "x".repeat(Protocol.MAX_ID_CHARS + 1);
    ReceivedCommand command = received("{'type':'publish','id':'" + id + "','text':'a'}");
    assertEquals(Optional.empty(), command.id());
    assertEquals(Optional.of(id), command.publish().id());
    assertEquals("rename needs an id", refusal("{'type':'rename','id':'" + id + "','name':'a'}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'1','text':'\\ud800'}",
        "{'type':'publish','id':'1'",
        "{'id':'1','text':'a','text':'a'}",
        "{'text':[],'id':'1'} more"
      })
  void theIdOfWhatCannotBeReadIsFoundIfThereIsOne(String line) {
    String json = line.replace('\'', '"');
    assertThrows(MalformedException.class, () -> ReceivedCommand.parse(json));
    assertEquals(Optional.of("1"), ReceivedCommand.idOf(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "[]", "{'id':7,", "{'id':'1','id':'2'", "{'id':'\\ud800'}"})
  void noIdIsMadeUp(String line) {
    assertEquals(Optional.empty(), ReceivedCommand.idOf(line.replace('\'', '"')));
  }

  @Test
  void membersAreCountedAndNestingIsBounded() {
    String many =
        IntStream.range(0, Protocol.MAX_MEMBERS - 1)
            .mapToObj(i -> ",'" + i + "':0")
            .collect(Collectors.joining());
    assertTrue(received("{'type':'ping'" + many + "}").command().isPresent());
    assertEquals("more than 64 members", refusal("{'type':'ping'" + many + ",'one':'too many'}"));
    int deep = Protocol.MAX_DEPTH - 1;
    assertTrue(
        received("{'type':'ping','x':" + "[".repeat(deep) + "]".repeat(deep) + "}")
            .command()
            .isPresent());
    deep++;
    assertEquals(
        "not valid JSON, or half of a surrogate pair in it",
        refusal("{'type':'ping','x':" + "[".repeat(deep) + "]".repeat(deep) + "}"));
  }
}
