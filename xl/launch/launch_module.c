/* SPDX-License-Identifier: MIT */
/* What the contents of a board's modules say, as files that stand for them: in boot's words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launch_module.h"
#include "launch_notes.h"
#include "xl.h"

#include <trefoil/inflate.h>

/* Of a file that stands for the module at an address; NULL. */
static const struct launch_file *file_at(struct launch_files *files, uint64_t address)
{
    for (size_t i = 0; files && i < files->count; i++) {
        if (files->files[i].address != address)
            continue;
        files->files[i].used = true;
        return &files->files[i];
    }
    return NULL;
}

static void module_error(const struct launch_examined *examined, const struct launch_module *module,
                         const char *what)
{
    char path[MACHINE_PATH];

    launch_add_message(examined->report, LAUNCH_ERROR,
                       "%s: reg: at 0x%llx is %s; the domain is left out",
                       launch_path(examined->context.host_tree, module->node, path, sizeof(path)),
                       (unsigned long long)module->range.start, what);
}

/* The loader and the tree are to agree; what is beyond the shorter of the two is not looked at. */
static const struct launch_file *content_of(const struct launch_examined *examined,
                                            const struct launch_module *module, uint64_t *size)
{
    const struct launch_file *file =
        module->range.size ? file_at(examined->files, module->range.start) : NULL;
    char path[MACHINE_PATH];

    *size = module->range.size;
    if (!file)
        return NULL;
    if (file->size != module->range.size)
        launch_add_message(
            examined->report, LAUNCH_WARNING, "%s: reg: %llu bytes, but %s has %zu",
            launch_path(examined->context.host_tree, module->node, path, sizeof(path)),
            (unsigned long long)module->range.size, file->path, file->size);
    if (file->size < *size)
        *size = file->size;
    return file;
}

static const char *form_sizes(const void *content, uint64_t size,
                              const struct launch_wrapped *wrapped, struct launch_sizes *sizes)
{
    struct launch_form form;
    const char *wrong = launch_kernel_form(content, size, wrapped, &form);

    return wrong ? wrong : launch_kernel_sizes(content, size, &form, sizes);
}

static const char *packed_sizes(const struct launch_domain *domain, const uint8_t *content,
                                const struct launch_wrapped *wrapped, struct launch_sizes *sizes)
{
    void *room = malloc(domain->memory);
    uint64_t size;
    const char *wrong = room ? gzip_unpack(content, wrapped->size, room, domain->memory, &size)
                             : "a gzip file, and there is no memory to unpack it";

    if (!wrong)
        wrong = form_sizes(room, size, wrapped, sizes);
    free(room);
    return wrong;
}

/* As kernels_unpack() and then construct_place() see it. */
static const char *kernel_sizes(const struct launch_domain *domain, const void *module,
                                uint64_t size, struct launch_sizes *sizes)
{
    struct launch_wrapped wrapped;
    const char *wrong = launch_kernel_unwrap(module, size, &wrapped);
    const uint8_t *content = module;

    if (wrong)
        return wrong;
    content += wrapped.offset;
    if (wrapped.wrapped && crc32_of(0, content, wrapped.size) != wrapped.sum)
        return "a U-Boot image that is damaged";
    return wrapped.packed ? packed_sizes(domain, content, &wrapped, sizes)
                          : form_sizes(content, wrapped.size, &wrapped, sizes);
}

static bool check_kernel(const struct launch_examined *examined, const struct launch_domain *domain,
                         struct launch_sizes *sizes)
{
    uint64_t size;
    const struct launch_file *file = content_of(examined, &domain->kernel, &size);
    const char *wrong = file ? kernel_sizes(domain, file->data, size, sizes) : NULL;

    if (!file && sizes->image_size < domain->kernel.range.size)
        sizes->image_size = domain->kernel.range.size;
    if (wrong)
        module_error(examined, &domain->kernel, wrong);
    return !wrong;
}

static bool pass_error(const struct launch_examined *examined, const struct launch_domain *domain,
                       const char *what)
{
    char path[MACHINE_PATH];

    launch_add_message(
        examined->report, LAUNCH_ERROR, "%s: %s; the domain is left out",
        launch_path(examined->context.host_tree, domain->device_tree.node, path, sizeof(path)),
        what);
    return false;
}

/* A device is for one domain: the first in the tree that asks for it. */
static bool is_free(const struct launch_examined *examined, const struct launch_domain *domain)
{
    const struct launch_passed *passed = &examined->passed[domain - examined->plan->domains];
    char text[LAUNCH_MESSAGE];

    for (const struct launch_domain *other = examined->plan->domains; other < domain; other++) {
        if (!launch_passed_share(passed, &examined->passed[other - examined->plan->domains]))
            continue;
        snprintf(text, sizeof(text),
                 "xen,path: a device, or a page with devices, that %s has "
                 "already",
                 other->name);
        return pass_error(examined, domain, text);
    }
    return true;
}

static bool check_passed(const struct launch_examined *examined, const struct launch_domain *domain,
                         struct launch_layout *layout)
{
    struct launch_passed *passed = &examined->passed[domain - examined->plan->domains];
    uint64_t size;
    const struct launch_file *file = content_of(examined, &domain->device_tree, &size);

    if (!file)
        return true;
    if (!launch_pass(&examined->context, file->data, size, passed) ||
        !launch_layout_pass(layout, domain, passed)) {
        char text[LAUNCH_MESSAGE];

        snprintf(text, sizeof(text), "%s", passed->error);
        memset(passed, 0, sizeof(*passed));
        return pass_error(examined, domain, text);
    }
    return is_free(examined, domain);
}

bool launch_check_modules(const struct launch_examined *examined,
                          const struct launch_domain *domain, struct launch_layout *layout,
                          struct launch_sizes *sizes)
{
    uint64_t size;

    content_of(examined, &domain->ramdisk, &size);
    return check_kernel(examined, domain, sizes) && check_passed(examined, domain, layout);
}

void launch_check_files(struct launch_files *files, struct launch_report *report)
{
    for (size_t i = 0; files && i < files->count; i++)
        if (!files->files[i].used)
            launch_add_message(report, LAUNCH_WARNING, "%s: no domain has a module at 0x%llx",
                               files->files[i].path, (unsigned long long)files->files[i].address);
}

/* ---- reading them ---- */

static bool parse_address(const char *text, uint64_t *address, const char **path)
{
    char *end;

    errno = 0;
    *address = strtoull(text, &end, 0);
    *path = end + 1;
    return *text >= '0' && *text <= '9' && *end == '=' && end[1] && !errno;
}

static bool add_file(struct launch_files *files, const struct launch_file *file)
{
    struct launch_file *more = realloc(files->files, (files->count + 1) * sizeof(*more));

    if (!more) {
        xl_fail_with("Out of memory.");
        return false;
    }
    files->files = more;
    files->files[files->count++] = *file;
    return true;
}

bool launch_add_file(struct launch_files *files, uint64_t address, const char *path,
                     const void *data, size_t size)
{
    struct launch_file file = {.address = address, .path = path, .size = size};

    file.data = malloc(size);
    if (file.data)
        memcpy(file.data, data, size);
    if (file.data && add_file(files, &file))
        return true;
    free(file.data);
    return false;
}

bool launch_read_file(struct launch_files *files, const char *text)
{
    struct launch_file file = {0};

    if (!parse_address(text, &file.address, &file.path)) {
        xl_fail_with("'%s' is no module: say ADDRESS=FILE, as 0x48000000=Image.", text);
        return false;
    }
    file.data = launch_read_all(file.path, &file.size);
    if (file.data && add_file(files, &file))
        return true;
    free(file.data);
    return false;
}

void launch_free_files(struct launch_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->files[i].data);
    free(files->files);
    *files = (struct launch_files){0};
}
