// SPDX-License-Identifier: GPL-2.0-only
/* SHA-256 by the examples of FIPS 180-4, and at every length around a block's end. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "lib/sha256.h"

static const char *hash_of(const void *data, size_t size)
{
	static char text[SHA256_TEXT];
	struct sha256 hash;

	sha256_begin(&hash);
	sha256_add(&hash, data, size);
	sha256_end(&hash, text);
	return text;
}

static void examples(void **state)
{
	static char million[1000000];

	(void)state;
	assert_string_equal(hash_of("", 0),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(hash_of("abc", 3),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
			    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	assert_string_equal(hash_of(million, sizeof(million)),
			    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* In one piece and in pieces of every size it is the same. */
static void pieces(void **state)
{
	uint8_t data[200];
	char text[SHA256_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (size_t size = 0; size <= sizeof(data); size++) {
		for (size_t piece = 1; piece < 130; piece += 3) {
			struct sha256 hash;

			sha256_begin(&hash);
			for (size_t at = 0; at < size; at += piece)
				sha256_add(&hash, data + at, size - at < piece ? size - at : piece);
			sha256_end(&hash, text);
			assert_string_equal(text, hash_of(data, size));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
