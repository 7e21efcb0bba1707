/** What clients and applications say of who somebody is, and what those may do in which rooms. */
package io.durablechat.gateway.auth;
