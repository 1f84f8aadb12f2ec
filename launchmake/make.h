/* SPDX-License-Identifier: MIT */
/*
 * From what people have described a machine's domains by to a board: the device tree, and what
 * loads and starts it. Readers fill a struct make_board; one writer makes files of it. What readers
 * are given may be hostile: each is bounded in time and memory by the size of its input.
 */
#ifndef LAUNCHMAKE_MAKE_H
#define LAUNCHMAKE_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <trefoil/launch.h>

#define MAKE_MAX_INPUT    (1u << 20) /* bytes of a description */
#define MAKE_MAX_TREE     (16u << 20)
#define MAKE_MAX_DOMAINS  256
#define MAKE_MAX_MESSAGES 512
#define MAKE_MESSAGE      400
#define MAKE_MAX_CHANNELS 64                  /* of one domain */
#define MAKE_PARENT       "/chosen/"          /* of the nodes of domains */
#define MAKE_STEP         (UINT64_C(2) << 20) /* what is loaded begins at multiples of it */

/* Where something is said: line 0 is the file as a whole. */
struct make_place {
    const char *file;
    unsigned int line;
};

enum make_severity { MAKE_ERROR, MAKE_WARNING, MAKE_NOTE };

struct make_message {
    enum make_severity severity;
    char text[MAKE_MESSAGE]; /* FILE:LINE: KEY: what is wrong */
};

/* Properties of a domain's node that are one value. */
enum make_value_id {
#define MAKE_VALUE(id, kind, property) MAKE_##id,
#include "values.def"
#undef MAKE_VALUE
    MAKE_VALUES
};

struct make_value {
    bool given;
    uint64_t number;
    const char *text;
};

/* A file that is loaded into the machine's memory; domains may share it. */
struct make_file {
    struct make_file *next;
    const char *path; /* where it is now */
    const char *name; /* in the folder that is written */
    const char *key;  /* that names it, at `place` */
    struct make_place place;
    const void *content; /* NULL: it is at `path` */
    uint64_t size;       /* bytes */
    uint64_t room;       /* that it takes in memory; at least size */
    uint64_t address;    /* of the machine */
};

enum make_module { MAKE_KERNEL, MAKE_RAMDISK, MAKE_DEVICE_TREE, MAKE_MODULES };

/* A device that the hardware domain serves; NULL: not said. */
struct make_device {
    struct make_device *next;
    bool disk, read_only;
    const char *vdev, *target;          /* of a disk */
    const char *bridge, *mac, *vifname; /* of a network */
    const char *script;
};

/* One end of a static event channel. */
struct make_channel {
    struct make_domain *other;
    uint32_t port, other_port;
    uint32_t phandle; /* of its node, when it is written */
};

/* What a domain has of a region of memory that it shares with others. */
struct make_share {
    const char *id, *role; /* the role NULL: not said */
    bool placed;           /* at `host` in the machine's memory */
    uint64_t host, guest, size;
};

/* What is taken over into a domain's node as it is, be it known here or not. */
struct make_property {
    struct make_property *next;
    const char *name;
    const void *data;
    size_t size;
};

struct make_node {
    struct make_node *next;
    const char *name;
    struct make_property *properties;
};

/* CPUs that are set apart for the domains that name the pool. */
struct make_pool {
    struct make_pool *next;
    const char *name; /* by which domains of xl's name it; NULL: by none */
    const char *cpus; /* names of their nodes, with commas between them */
    bool numbered;    /* these are numbers, in the order of the nodes, and ranges of them */
    const char *key;
    struct make_place place;
    uint32_t phandles[MACHINE_MAX_CPUS]; /* of its CPUs, and that of its node: when it is written */
    unsigned int nr_phandles;
    uint32_t phandle;
};

struct make_domain {
    struct make_domain *next;
    struct make_place place;
    const char *name;
    const char *node; /* its path in a description that is a tree; NULL: in none */
    char path[32];    /* of its node in the tree that is made */
    struct make_value values[MAKE_VALUES];
    bool enhanced_with_store; /* has no store where there is none, instead of being wrong */
    struct make_file *modules[MAKE_MODULES];
    bool has_module[MAKE_MODULES]; /* is said, even if the file cannot be read */
    const char *bootargs;          /* NULL: none */
    const char *vcpu_affinity[LAUNCH_MAX_VCPUS], *vcpu_soft_affinity[LAUNCH_MAX_VCPUS];
    uint8_t uuid[16];
    bool has_uuid;
    struct paddr_range static_memory[LAUNCH_MAX_STATIC_BANKS];
    unsigned int nr_static_memory;
    struct make_device *devices;
    struct make_channel channels[MAKE_MAX_CHANNELS];
    unsigned int nr_channels;
    struct make_share shares[LAUNCH_MAX_SHARED];
    unsigned int nr_shares;
    struct make_pool *pool; /* NULL: none */
    const char *pool_name;  /* of one that may be read later; NULL: none */
    struct make_place pool_place;
    uint64_t cpu_ids[MACHINE_MAX_CPUS]; /* reg of the CPUs that it is to have a vcpu for each of */
    unsigned int nr_cpu_ids;
    struct make_property *properties;
    struct make_node *nodes;
};

/* Memory that others than the board's domains have. */
struct make_reserved {
    struct make_reserved *next;
    struct paddr_range range;
};

struct make_passthrough {
    struct make_passthrough *next;
    struct make_domain *domain; /* that is to have it */
    const char *path;           /* of a node in the machine's tree */
    const char *key;
    struct make_place place;
};

/* What is laid over the machine's tree before domains are added. */
struct make_overlay {
    struct make_overlay *next;
    const char *path;
    const char *key;
    struct make_place place;
};

struct make_board {
    struct make_file *hypervisor;  /* NULL: not said */
    struct make_file *tree;        /* the machine's own, which the domains are added to */
    bool has_hypervisor, has_tree; /* are said, even if the file cannot be read */
    const char *command_line;      /* the hypervisor's; NULL: none */
    const char *load_command;      /* of U-Boot; NULL: from where the script is */
    const char *script_name;       /* of boot.scr; NULL: that */
    const char *source_name;       /* of boot.cmd */
    bool no_boot;                  /* the script loads and does not start */
    uint64_t room_start, room_end; /* where things may be loaded; room_end 0: anywhere in RAM */

    struct make_domain *domains, **last_domain;
    unsigned int nr_domains;
    struct make_file *files, **last_file; /* all that is loaded besides hypervisor and tree */
    struct make_passthrough *passthrough;
    struct make_pool *pools;
    struct make_overlay *overlays, **last_overlay;
    const char *extra_commands; /* of the script, before it starts the hypervisor; NULL: none */
    struct make_reserved *reserved;
    bool system; /* domains of /domains have been read, and are not in the tree that is made */

    struct make_message *messages;
    unsigned int nr_messages, nr_dropped;
    bool errors;
    bool out_of_memory;
    struct make_chunk *chunks; /* all that is pointed to above */
};

/* ---- the board ---- */

void make_board_init(struct make_board *board);
void make_board_free(struct make_board *board);

/* Memory that lasts as long as the board, zeroed; NULL and out_of_memory when there is none. */
void *make_allocate(struct make_board *board, size_t size);
size_t make_memory_used(const struct make_board *board); /* bytes */
/* The same, for a text, and for the first `length` bytes of one; "" when there is no memory. */
const char *make_text(struct make_board *board, const char *text);
const char *make_text_of(struct make_board *board, const char *text, size_t length);
const char *make_format(struct make_board *board, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* FILE:LINE: KEY: and the text; `key` may be NULL. Those past the limit are counted. */
void make_say(struct make_board *board, enum make_severity severity, struct make_place place,
              const char *key, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A domain more, at the end; NULL after a message when there are too many. */
struct make_domain *make_add_domain(struct make_board *board, struct make_place place,
                                    const char *name);
void make_set_number(struct make_domain *domain, enum make_value_id id, uint64_t number);
void make_set_text(struct make_domain *domain, enum make_value_id id, const char *text);
/* NULL after a message when the domain has as many as it may have. */
struct make_device *make_add_device(struct make_board *board, struct make_domain *domain,
                                    struct make_place place);

/*
 * A file to be loaded, found from the folder of the description that names it. NULL after a message
 * if it cannot be read. One that is named twice is one file.
 */
struct make_file *make_add_file(struct make_board *board, struct make_place place, const char *key,
                                const char *path);
/* The same for what is no domain's; the first that is said counts. */
void make_set_hypervisor(struct make_board *board, struct make_place place, const char *key,
                         const char *path);
void make_set_tree(struct make_board *board, struct make_place place, const char *key,
                   const char *path);
void make_set_module(struct make_board *board, struct make_domain *domain, enum make_module module,
                     struct make_place place, const char *key, const char *path);

/* NULL after a message when the domain has as many as it may have. */
struct make_share *make_add_share(struct make_board *board, struct make_domain *domain,
                                  struct make_place place, const char *key);

/* A device of the machine that is a domain's: its node is marked. */
void make_add_passthrough(struct make_board *board, struct make_domain *domain,
                          struct make_place place, const char *key, const char *path);
/* A file that is made: `content`, which lasts as long as the board. */
void make_set_content(struct make_board *board, struct make_domain *domain, enum make_module module,
                      const struct make_passthrough *of, const char *name, const void *content,
                      size_t size);
/* `cpus` are names of their nodes in /cpus, or paths, with commas between them. */
struct make_pool *make_add_pool(struct make_board *board, struct make_place place, const char *key,
                                const char *cpus);
/* Files that are named from the folder of the description. */
void make_add_overlay(struct make_board *board, struct make_place place, const char *key,
                      const char *path);
void make_set_extra_commands(struct make_board *board, struct make_place place, const char *key,
                             const char *path);
/* Names of roles, with | between, or a number of DOMAIN_CAPS_; false if there is none such. */
bool make_roles(const char *text, uint64_t *roles);
/* The next word of a text, up to `size` - 1 characters of it; false at its end. */
bool make_next_word(const char **text, const char *separators, char *word, size_t size);
/* A whole number in decimal, or in hexadecimal after 0x, and nothing else. */
bool make_number(const char *text, uint64_t *number);
/* CPUs as xl and libvirt say them, with ranges, `all` of them (which xl has) and, after ^,
 * exceptions, as a tree says them. NULL, and what is wrong. */
const char *make_cpus(struct make_board *board, const char *list, bool all, const char **wrong);
/* 32 digits in hexadecimal, with any - between them; false: something else. */
bool make_uuid(const char *text, uint8_t uuid[16]);
/* What xl and libvirt call what happens when a domain ends, as a tree says it; NULL: no such thing.
 * Not `same`: what is told apart there is not here. */
const char *make_end(const char *text, bool *same);
/* All of a file, up to `limit` bytes, and a zero behind it. NULL with errno set; free() it. */
char *make_read_file(const char *path, size_t limit, size_t *size);

/* ---- readers ---- */

enum make_kind { MAKE_IMAGEBUILDER, MAKE_XL, MAKE_LIBVIRT, MAKE_SYSTEM, MAKE_KINDS };

/* By the name that --from takes; MAKE_KINDS: none. */
enum make_kind make_kind_of_name(const char *name);
/* By how it looks, a text that ends with a zero; MAKE_KINDS: like none. */
enum make_kind make_kind_of_text(const char *text, size_t size);
const char *make_kind_name(enum make_kind kind);

/* Is it a flattened device tree? */
bool make_is_flattened(const char *text, size_t size);

/* Reads one description into the board; what is wrong are messages. A System Device Tree must be
 * flattened. */
void make_read(struct make_board *board, enum make_kind kind, const char *file, const char *text,
               size_t size);

/* ---- the writer ---- */

/* What follows from what was read, and what is missing, once all is read. */
void make_complete(struct make_board *board);
/* The machine's tree with the overlays of the board; `tree` is freed. NULL after a message. */
void *make_lay_over(struct make_board *board, void *tree);
/* Passthrough trees of domains that have devices of the machine and bring none; `tree` is the
 * machine's. */
void make_pass_devices(struct make_board *board, const void *tree);
/* Gives all that is loaded its address. `tree` is the machine's own. False after messages. */
bool make_place_all(struct make_board *board, const void *tree);
/* The machine's tree with the domains in it; free() it. NULL after messages. */
void *make_tree(struct make_board *board, const void *tree);
size_t make_tree_size(const void *tree); /* bytes */

/* Bytes that the tree is given room for in memory: a boot loader makes it larger. */
#define MAKE_TREE_ROOM MAKE_STEP

void make_write_script(const struct make_board *board, FILE *out);
/* The script as U-Boot's `source` takes it; free() it. NULL without memory. */
uint8_t *make_script_image(const char *script, size_t length, size_t *size);
/* QEMU's command line as a script for sh; false if the machine is none of QEMU's. */
bool make_write_qemu(const struct make_board *board, const void *tree, FILE *out);

/* Writes all of it into a folder, which is made if need be. False after a message. */
bool make_write_folder(struct make_board *board, const char *folder, const void *tree);

#endif
