/* SPDX-License-Identifier: MIT */
/* The contents of modules. */
#ifndef XL_LAUNCH_MODULE_H
#define XL_LAUNCH_MODULE_H

#include <trefoil/launch.h>

#include "launch.h"

struct launch_file {
    uint64_t address;
    const char *path;
    char *data;
    size_t size;
    bool used;
};

struct launch_files {
    struct launch_file *files;
    size_t count;
};

/* What is known when domains are looked at one after the other. */
struct launch_examined {
    struct launch_pass_context context;
    const struct launch_plan *plan;
    struct launch_passed *passed; /* by domain of the plan: what those so far have */
    struct launch_files *files;   /* or NULL */
    struct launch_report *report;
};

/*
 * Looks at a domain's modules, as far as files stand for them: sizes and layout become what they
 * are at boot. False, with an error in the report, when boot would leave the domain out.
 */
bool launch_check_modules(const struct launch_examined *examined,
                          const struct launch_domain *domain, struct launch_layout *layout,
                          struct launch_sizes *sizes);
/* A warning for each file that stands for no module. */
void launch_check_files(struct launch_files *files, struct launch_report *report);

/* ADDRESS=FILE; false after a message. */
bool launch_read_file(struct launch_files *files, const char *text);
/* The same of a copy of what is in memory. */
bool launch_add_file(struct launch_files *files, uint64_t address, const char *path,
                     const void *data, size_t size);
void launch_free_files(struct launch_files *files);

#endif
