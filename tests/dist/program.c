/* SPDX-License-Identifier: MIT */
/* What somebody else builds with the installed libraries: a word by each of the four. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/device.h>
#include <libxl/fields.h>
#include <libxl/libxl.h>
#include <vchan.h>
#include <xenctl/evtchn.h>
#include <xenctl/foreign.h>
#include <xenctl/gnttab.h>
#include <xenstore.h>

static void no_notice(void *context)
{
    (void)context;
}

static bool talk(void)
{
    static _Alignas(VCHAN_PAGE_SIZE) char page[VCHAN_PAGE_SIZE];
    struct vchan server, client;
    char word[8] = "";

    vchan_serve(&server, page, no_notice, NULL);
    return vchan_join(&client, page, no_notice, NULL) == 0 &&
           vchan_write(&client, "vchan", 5) == 5 && vchan_read(&server, word, sizeof(word)) == 5 &&
           puts(word) >= 0;
}

static bool list_domains(struct libxl_ctx *ctx)
{
    struct libxl_domain *list;
    size_t count;
    char *json;

    if (libxl_domain_list(ctx, &list, &count) != LIBXL_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        printf("domain %s\n", list[i].name);
    json = libxl_json_array(libxl_domain_fields, list, count, sizeof(*list));
    printf("json %s\n", json && json[0] == '[' ? "yes" : "no");
    free(json);
    free(list);
    return true;
}

int main(void)
{
    struct libxl_ctx *ctx = libxl_open();
    struct xc_interface *xc = ctx ? libxl_xc(ctx) : NULL;
    struct xs_handle *store = ctx ? libxl_store(ctx) : NULL;
    unsigned int length;
    char *name = store ? xs_read(store, XBT_NULL, "/local/domain/0/name", &length) : NULL;
    bool worked = xc && name && list_domains(ctx) && talk();

    if (!worked && ctx)
        fprintf(stderr, "%s\n", libxl_error(ctx));
    else if (worked)
        printf("store %s\nversion %d\n", name, xc_version(xc) >> 16);
    free(name);
    libxl_close(ctx);
    return worked ? EXIT_SUCCESS : EXIT_FAILURE;
}
