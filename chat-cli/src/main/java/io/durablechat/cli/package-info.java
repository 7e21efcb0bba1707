/** The command line: {@code chat-cli serve} and what goes with it. */
package io.durablechat.cli;
