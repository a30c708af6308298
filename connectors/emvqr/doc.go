// Package emvqr reads, checks and writes what payers and merchants show to be
// scanned:
//
//   - merchant codes: EMV QR Code Specification for Payment Systems (EMV QRCPS),
//     Merchant-Presented Mode 1.1, a text of objects "id length value" with a
//     CRC, in which the national schemes hold their accounts;
//   - consumer codes: EMV QRCPS, Consumer-Presented Mode 1.1, BER-TLV in base64;
//   - links: the upi://pay links of the Indian UPI;
//   - payment codes: 16 to 32 digits of which the first name the issuer.
//
// Parse reads any of them; Identify says which scheme is to be asked and for
// whom. What the schemes put where is data: schemes.txt.
//
// The package has no clock, no I/O and no state. Its errors name place and rule
// and never hold a value of the code: codes hold names, phone numbers and, if
// consumers show them, card numbers.
package emvqr
