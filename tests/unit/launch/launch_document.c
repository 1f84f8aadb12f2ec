/* SPDX-License-Identifier: MIT */
/* docs/launch.md has a row for every property that the parser knows, saying the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/launch.h>
#include <cmocka.h>

#define TYPE_NUMBER  "u32"
#define TYPE_LONG    "u64"
#define TYPE_FLAG    "flag"
#define TYPE_STRING  "string"
#define TYPE_WORD    "empty or string"
#define TYPE_BYTES   "list"
#define TYPE_IGNORED "ignored"
#define TYPE_SILENT  ""

#define NEEDED_NEVER    "no"
#define NEEDED_DOM0LESS "below /chosen"
#define NEEDED_ALWAYS   "yes"

#define PROPERTY(name, kind, handler, required, text)                                              \
    "| `" name "` | " TYPE_##kind " | " NEEDED_##required " | " text " |\n",

static const char *const rows[] = {
#include "plan/properties.def"
};

#define KIND_TEXT      "string"
#define KIND_MARK      "flag"
#define KIND_NODE      ""
#define OF_DISK        "disk"
#define OF_NETWORK     "network"
#define OF_ANY         "both"
#define REQUIRED_true  "yes"
#define REQUIRED_false "no"

#define DEVICE_PROPERTY(devices, name, kind, limit, also, check, required, text)                   \
    "| `" name "` | " OF_##devices " | " KIND_##kind " | " REQUIRED_##required " | " text " |\n",

static const char *const device_rows[] = {
#include "plan/device_properties.def"
};

static void every_row_is_there(const char *const *rows, size_t count)
{
    static char document[65536];
    FILE *stream = fopen(LAUNCH_DOCUMENT, "r");
    unsigned int missing = 0;

    assert_non_null(stream);
    assert_in_range(fread(document, 1, sizeof(document) - 1, stream), 1, sizeof(document) - 2);
    fclose(stream);
    for (size_t i = 0; i < count; i++) {
        if (strstr(document, rows[i]))
            continue;
        print_error("missing in docs/launch.md: %s", rows[i]);
        missing++;
    }
    assert_int_equal(missing, 0);
}

static void every_property_is_described(void **state)
{
    (void)state;
    every_row_is_there(rows, sizeof(rows) / sizeof(rows[0]));
}

static void every_property_of_a_device_is_described(void **state)
{
    (void)state;
    every_row_is_there(device_rows, sizeof(device_rows) / sizeof(device_rows[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_property_is_described),
        cmocka_unit_test(every_property_of_a_device_is_described),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
