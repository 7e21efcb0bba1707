/** An authenticator that believes signed JSON Web Tokens (RFC 7519). */
package io.durablechat.jwt;
