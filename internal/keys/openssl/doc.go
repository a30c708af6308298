// Package openssl signs and verifies with the system's OpenSSL 3, which needs a
// quarter of the time that Go needs for an RSA-2048 signature.
//
// libcrypto is opened when the program runs, so the program is built without it and
// runs where it is not installed. Only the EVP interface is used, whose functions
// are the same in every release 3.x (manual pages EVP_DigestSignInit,
// EVP_DigestVerifyInit, EVP_MD_CTX_new, d2i_PrivateKey and ERR_get_error, section
// 3ossl).
package openssl
