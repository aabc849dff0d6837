/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Names and numbers of evidence, cove-abi.md F: for the firmware that makes it
 * and for tools that check it. docs/attestation.md has the whole format.
 */

#ifndef __SBI_COVH_EVIDENCE_H__
#define __SBI_COVH_EVIDENCE_H__

/* clang-format off */

/* CBOR tags */
#define COVH_TAG_COSE_SIGN1		18
#define COVH_TAG_CWT			61
#define COVH_TAG_UCCS			601

/* COSE: headers, algorithm, key */
#define COVH_COSE_ALG			1
#define COVH_COSE_KID			4
#define COVH_COSE_ES384			(-35)
#define COVH_COSE_KTY			1
#define COVH_COSE_KTY_EC2		2
#define COVH_COSE_CRV			(-1)
#define COVH_COSE_CRV_P384		2
#define COVH_COSE_X			(-2)
#define COVH_COSE_Y			(-3)

/* Claims of the certificate (CBOR form) */
#define COVH_CLAIM_ISS			1
#define COVH_CLAIM_SUB			2
#define COVH_CLAIM_EVIDENCE		(-70010)
/* The map of evidence: one claim, the submodules by name */
#define COVH_CLAIM_SUBMODS		266
#define COVH_SUBMOD_PLATFORM		"platform"
#define COVH_SUBMOD_TSM			"tsm"
#define COVH_SUBMOD_TVM			"tvm"

/* Claims of the platform token */
#define COVH_CLAIM_PROFILE		265
#define COVH_PROFILE			"https://riscv.org/TBD"
#define COVH_CLAIM_PLATFORM_KEY		(-70000)
#define COVH_CLAIM_MANUFACTURER		(-70001)
#define COVH_CLAIM_PLATFORM_STATE	(-70002)
#define COVH_CLAIM_PLATFORM_COMPONENTS	(-70003)
/* Claims of the TSM token */
#define COVH_CLAIM_TSM_KEY		(-70004)
#define COVH_CLAIM_TSM_COMPONENTS	(-70007)
/* Claims of the TVM token */
#define COVH_CLAIM_NONCE		10
#define COVH_CLAIM_TVM_KEY		(-70005)
#define COVH_CLAIM_INITIAL		(-70006)
#define COVH_CLAIM_IDENTITY		(-70008)
#define COVH_CLAIM_RUNTIME		(-70009)

/* Keys of a component map and of a measurement map */
#define COVH_COMPONENT_TYPE		1
#define COVH_COMPONENT_DIGEST		2
#define COVH_COMPONENT_SVN		3
#define COVH_COMPONENT_ALG		6
#define COVH_MEASUREMENT_INDEX		1
#define COVH_MEASUREMENT_DIGEST		2
#define COVH_MEASUREMENT_ALG		3
#define COVH_ALG_NAME			"sha-384"

/* Types of the components that this firmware names itself */
#define COVH_COMPONENT_FIRMWARE		"firmware"
#define COVH_COMPONENT_DRIVER		"tsm-driver"
#define COVH_COMPONENT_TSM		"tsm"

/* Platform state */
#define COVH_PLATFORM_NOT_CONFIGURED	1
#define COVH_PLATFORM_SECURED		2
#define COVH_PLATFORM_DEBUG		3
#define COVH_PLATFORM_RECOVERY		4

/* Extension UccsEvidence of the X.509 form: 2.23.133.5.4.6 */
#define COVH_OID_UCCS_EVIDENCE		"\x67\x81\x05\x05\x04\x06"

/* KDF: HKDF-SHA-384 without salt, these as info */
#define COVH_KDF_CDI			"CDI_Attest"
#define COVH_KDF_KEY			"ID_Key"
#define COVH_KDF_ID			"CDI_ID"

/* Bytes: a coordinate or the scalar of P-384; an uncompressed point; half of a
 * signature is a coordinate's length; the id of a key; challenge; manufacturer */
#define COVH_P384_SIZE			48
#define COVH_POINT_SIZE			97
#define COVH_SIGNATURE_SIZE		96
#define COVH_KEY_ID_SIZE		20
#define COVH_CHALLENGE_SIZE		64
#define COVH_MANUFACTURER_SIZE		64

/* clang-format on */

#endif
