/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "data.h"

static int run(const struct xl_call *call)
{
    char *text;
    size_t length;
    enum libxl_code code = libxl_log(xl_context(), xl_given(call, 'c'), &text, &length);
    /* A domain's name is in there as the device tree has it. */
    if (text)
        libxl_make_printable(text, length, "\n\t");
    int status = XL_OK;
    if (text && xl_wants_data(call, 'j'))
        status = xl_print_lines(call, "log", text);
    else if (text)
        fwrite(text, 1, length, stdout);
    free(text);
    return code == LIBXL_OK ? status : xl_fail();
}

static const struct xl_option options[] = {
    {'c', "clear", NULL, "clear the log after printing it"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_dmesg = {
    .name = "dmesg",
    .arguments = "[-c]",
    .summary = "Read, and with -c clear, the hypervisor's log",
    .forms = XL_FORM_LIST(xl_line_fields),
    .options = options,
    .run = run,
};
