/** The rooms over HTTP: requests and answers as values, without a container's API. */
package io.durablechat.gateway.http;
