/**
 * A test kit for engines and applications.
 *
 * <p>An engine extends {@link io.durablechat.testkit.BroadcasterContract}, or {@link
 * io.durablechat.testkit.MessageLogContract}, in its own tests. An application tests its rooms,
 * policies and bots without sleeping: {@link io.durablechat.testkit.ManualClock} and {@link
 * io.durablechat.testkit.SteppedExecutor} let time pass and threads run when the test says so,
 * {@link io.durablechat.testkit.RecordingOutbox} is a session that remembers what it was told, and
 * {@link io.durablechat.testkit.FaultyBroadcaster} is an engine that fails on demand, and {@link
 * io.durablechat.testkit.SparseMessageLog} makes of any log one that skips numbers.
 *
 * <p>No method of this package accepts or returns {@code null}.
 */
package io.durablechat.testkit;
