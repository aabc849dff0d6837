/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-512's compression of one block (FIPS 180-4, 6.4.2) for RV64, three times:
 * with base instructions, with Zbb, with Zknh. See sha512.h.
 *
 * The eight working variables and the sixteen words of the schedule stay in
 * registers. One pass over the words makes sixteen rounds; in all but the last
 * pass each word then makes place for the one sixteen rounds later.
 */

#define BASE 0
#define ZBB  1
#define ZKNH 2

/* Working variables a to h */
#define VARS s0, s1, s2, s3, s4, s5, s6, s7
/* Words; the last two hold the arguments until all words are loaded */
#define WORDS a2, a3, a4, a5, a6, a7, s8, s9, s10, s11, t3, t4, t5, t6, a0, a1
/* Constant of the next round, end of the constants */
#define K     ra
#define K_END t2
#define X     t0
#define Y     t1

#define K_BYTES	   640
#define PASS_BYTES 128
/* s0 to s11, ra, the state's address */
#define FRAME	   112
#define FRAME_KEY  104

.macro saved op
	.set	at, 0
	.irp	reg, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, ra
	\op	\reg, at(sp)
	.set	at, at + 8
	.endr
.endm

/* X = from, rotated right by n; X ^= the same */
.macro rotated from, n
	.if	VARIANT == BASE
	srli	X, \from, \n
	slli	Y, \from, 64 - \n
	xor	X, X, Y
	.else
	rori	X, \from, \n
	.endif
.endm

.macro xor_rotated from, n
	.if	VARIANT == BASE
	srli	Y, \from, \n
	xor	X, X, Y
	slli	Y, \from, 64 - \n
	.else
	rori	Y, \from, \n
	.endif
	xor	X, X, Y
.endm

/* to += the Sigma function of from: three rotations */
.macro add_big to, insn, from, n1, n2, n3
	.if	VARIANT == ZKNH
	\insn	X, \from
	.else
	rotated	\from, \n1
	xor_rotated \from, \n2
	xor_rotated \from, \n3
	.endif
	add	\to, \to, X
.endm

/* to += the sigma function of from: two rotations and a shift */
.macro add_small to, insn, from, n1, n2, n3
	.if	VARIANT == ZKNH
	\insn	X, \from
	.else
	rotated	\from, \n1
	xor_rotated \from, \n2
	srli	Y, \from, \n3
	xor	X, X, Y
	.endif
	add	\to, \to, X
.endm

/* h becomes the next a, d the next e */
.macro round a, b, c, d, e, f, g, h, w, n
	ld	X, 8 * \n(K)
	add	\h, \h, \w
	add	\h, \h, X
	add_big	\h, sha512sum1, \e, 14, 18, 41
	/* Ch */
	xor	X, \f, \g
	and	X, X, \e
	xor	X, X, \g
	add	\h, \h, X
	add	\d, \d, \h
	add_big	\h, sha512sum0, \a, 28, 34, 39
	/* Maj: no bit is in both parts, so that both can be added */
	xor	X, \b, \c
	and	X, X, \a
	and	Y, \b, \c
	add	\h, \h, X
	add	\h, \h, Y
.endm

/* The variables move on by one */
.macro rounds a, b, c, d, e, f, g, h, n, w, rest:vararg
	round	\a, \b, \c, \d, \e, \f, \g, \h, \w, \n
	.if	\n < 15
	rounds	\h, \a, \b, \c, \d, \e, \f, \g, (\n + 1), \rest
	.endif
.endm

/* Each word in turn: the one sixteen rounds later takes its place */
.macro schedule n, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, \
		w14, w15
	add_small \w0, sha512sig0, \w1, 1, 8, 7
	add	\w0, \w0, \w9
	add_small \w0, sha512sig1, \w14, 19, 61, 6
	.if	\n < 15
	schedule (\n + 1), \w1, \w2, \w3, \w4, \w5, \w6, \w7, \w8, \w9, \w10, \
		\w11, \w12, \w13, \w14, \w15, \w0
	.endif
.endm

/* to = a big-endian word */
.macro load_swapped to, at, base
	.if	VARIANT == ZBB
	ld	\to, \at(\base)
	rev8	\to, \to
	.else
	ld	X, \at(\base)
	jal	K_END, sha512_swap
	mv	\to, X
	.endif
.endm

.macro load_words base, at, w, rest:vararg
	.if	\at < 112
	load_swapped \w, \at, \base
	load_words \base, (\at + 8), \rest
	.endif
.endm

.macro load_vars at, v, rest:vararg
	ld	\v, \at(X)
	.ifnb	\rest
	load_vars (\at + 8), \rest
	.endif
.endm

.macro add_vars at, v, rest:vararg
	ld	X, \at(a0)
	add	X, X, \v
	sd	X, \at(a0)
	.ifnb	\rest
	add_vars (\at + 8), \rest
	.endif
.endm

/* a0 = state, a1 = block, 8-byte-aligned */
.macro compress
	addi	sp, sp, -FRAME
	saved	sd
	sd	a0, FRAME_KEY(sp)

	.if	VARIANT != ZBB
	li	s0, 0x00ff00ff00ff00ff
	li	s1, 0x0000ffff0000ffff
	.endif
	load_words a1, 0, WORDS
	load_swapped a0, 112, a1
	load_swapped a1, 120, a1
	ld	X, FRAME_KEY(sp)
	load_vars 0, VARS

	lla	K, sha512_k
	addi	K_END, K, K_BYTES - PASS_BYTES
1:	rounds	VARS, 0, WORDS
	beq	K, K_END, 2f
	schedule 0, WORDS
	addi	K, K, PASS_BYTES
	j	1b

2:	ld	a0, FRAME_KEY(sp)
	add_vars 0, VARS
	saved	ld
	addi	sp, sp, FRAME
	ret
.endm

.macro function name, variant
	.global	\name
	.type	\name, @function
\name:
	.set	VARIANT, \variant
	compress
	.size	\name, . - \name
.endm

	.section .text
	.balign	4
	function covh_sha512_base, BASE

	.option	push
	.option	arch, +zbb
	function covh_sha512_zbb, ZBB
	.option	pop

	.option	push
	.option	arch, +zknh
	function covh_sha512_zknh, ZKNH
	.option	pop

/* X: its bytes in reverse. s0 and s1 are the masks of compress */
	.type	sha512_swap, @function
sha512_swap:
	and	Y, X, s0
	slli	Y, Y, 8
	srli	X, X, 8
	and	X, X, s0
	or	X, X, Y
	and	Y, X, s1
	slli	Y, Y, 16
	srli	X, X, 16
	and	X, X, s1
	or	X, X, Y
	srli	Y, X, 32
	slli	X, X, 32
	or	X, X, Y
	jr	K_END
	.size	sha512_swap, . - sha512_swap

	.section .rodata
	.balign	8
	.type	sha512_k, @object
sha512_k:
	.8byte	0x428a2f98d728ae22, 0x7137449123ef65cd
	.8byte	0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc
	.8byte	0x3956c25bf348b538, 0x59f111f1b605d019
	.8byte	0x923f82a4af194f9b, 0xab1c5ed5da6d8118
	.8byte	0xd807aa98a3030242, 0x12835b0145706fbe
	.8byte	0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2
	.8byte	0x72be5d74f27b896f, 0x80deb1fe3b1696b1
	.8byte	0x9bdc06a725c71235, 0xc19bf174cf692694
	.8byte	0xe49b69c19ef14ad2, 0xefbe4786384f25e3
	.8byte	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65
	.8byte	0x2de92c6f592b0275, 0x4a7484aa6ea6e483
	.8byte	0x5cb0a9dcbd41fbd4, 0x76f988da831153b5
	.8byte	0x983e5152ee66dfab, 0xa831c66d2db43210
	.8byte	0xb00327c898fb213f, 0xbf597fc7beef0ee4
	.8byte	0xc6e00bf33da88fc2, 0xd5a79147930aa725
	.8byte	0x06ca6351e003826f, 0x142929670a0e6e70
	.8byte	0x27b70a8546d22ffc, 0x2e1b21385c26c926
	.8byte	0x4d2c6dfc5ac42aed, 0x53380d139d95b3df
	.8byte	0x650a73548baf63de, 0x766a0abb3c77b2a8
	.8byte	0x81c2c92e47edaee6, 0x92722c851482353b
	.8byte	0xa2bfe8a14cf10364, 0xa81a664bbc423001
	.8byte	0xc24b8b70d0f89791, 0xc76c51a30654be30
	.8byte	0xd192e819d6ef5218, 0xd69906245565a910
	.8byte	0xf40e35855771202a, 0x106aa07032bbd1b8
	.8byte	0x19a4c116b8d2d0c8, 0x1e376c085141ab53
	.8byte	0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8
	.8byte	0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb
	.8byte	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3
	.8byte	0x748f82ee5defb2fc, 0x78a5636f43172f60
	.8byte	0x84c87814a1f0ab72, 0x8cc702081a6439ec
	.8byte	0x90befffa23631e28, 0xa4506cebde82bde9
	.8byte	0xbef9a3f7b2c67915, 0xc67178f2e372532b
	.8byte	0xca273eceea26619c, 0xd186b8c721c0c207
	.8byte	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178
	.8byte	0x06f067aa72176fba, 0x0a637dc5a2c898a6
	.8byte	0x113f9804bef90dae, 0x1b710b35131c471b
	.8byte	0x28db77f523047d84, 0x32caab7b40c72493
	.8byte	0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c
	.8byte	0x4cc5d4becb3e42b6, 0x597f299cfc657e2a
	.8byte	0x5fcb6fab3ad6faec, 0x6c44198c4a475817
	.size	sha512_k, . - sha512_k
