/* SPDX-License-Identifier: MIT */
/* Prints docs/options.md, of the rows that the hypervisor knows options and keys by. */
#include <stdio.h>
#include <stdlib.h>

static const char *const option_rows[] = {
#define OPTION(name, values, absent, meaning)                                                      \
    "| `" name "=` | " values " | " meaning " | " absent " |\n",
#include "options.def"
#undef OPTION
};

static const char *const xen_rows[] = {
#define XEN_OPTION(name, values, meaning) "| `" name "` | " values " | " meaning " |\n",
#include "options_xen.def"
#undef XEN_OPTION
};

static const struct {
    char key;
    const char *meaning;
} keys[] = {
#define KEY(key, handler, meaning) {key, meaning},
#include "call/debug_keys.def"
#undef KEY
};

int main(void)
{
    fputs("<!-- Made of hypervisor/core/options.def, options_xen.def and call/debug_keys.def; do "
          "not edit. `make "
          "options-document` writes it anew. -->\n"
          "# The hypervisor's command line\n"
          "\n"
          "`xen,xen-bootargs` of `/chosen`, or `bootargs` there if that is missing: words "
          "`NAME=VALUE` separated by spaces. Of two with one name the first counts. A word that "
          "nobody knows is a line in the log.\n"
          "\n"
          "| option | values | meaning | if it is not given |\n"
          "|---|---|---|---|\n",
          stdout);
    for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]); i++)
        fputs(option_rows[i], stdout);
    fputs(
        "\n"
        "## Options of Xen\n"
        "\n"
        "These ask for nothing but what is so here anyway, and boards' scripts give them: there is "
        "no line about them. All others of Xen's are words that nobody knows, as `flask=` and "
        "`llc-coloring=`: what they ask for is not there. `xl launch check` says of a tree what "
        "the log will.\n"
        "\n"
        "| option | values | why |\n"
        "|---|---|---|\n",
        stdout);
    for (size_t i = 0; i < sizeof(xen_rows) / sizeof(xen_rows[0]); i++)
        fputs(xen_rows[i], stdout);
    fputs("\n"
          "## Its debug keys\n"
          "\n"
          "For `xl debug-keys KEY`, from a control domain.\n"
          "\n"
          "| key | what it does |\n"
          "|---|---|\n",
          stdout);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        printf("| `%c` | %s |\n", keys[i].key, keys[i].meaning);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
