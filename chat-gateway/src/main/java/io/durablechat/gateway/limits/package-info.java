/**
 * Limits by address, member and for all, the memory that clients take, and what is counted and
 * traced of them.
 */
package io.durablechat.gateway.limits;
