/* SPDX-License-Identifier: MIT */
#include "devd_fake.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../devd/interface.h"

struct devd_fake devd_fake;

/* ---- In place of devd/loop.c ---- */

int devd_loop(const char *root, const char *file, bool readonly, int number, dev_t *device)
{
    assert_string_equal(root, devd_fake.root);
    if (devd_fake.loop_error) {
        errno = devd_fake.loop_error;
        return -1;
    }
    snprintf(devd_fake.loop_file, sizeof(devd_fake.loop_file), "%s", file);
    devd_fake.loop_readonly = readonly;
    devd_fake.loop_number = number;
    devd_fake.loops++;
    *device = makedev(7, number < 0 ? 18 : (unsigned int)number);
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* ---- In place of devd/interface.c ---- */

static char *find(const char *name)
{
    for (size_t i = 0; i < 4; i++) {
        if (!strcmp(devd_fake.interfaces[i], name))
            return devd_fake.interfaces[i];
    }
    return NULL;
}

static bool note(const char *what, const char *name, const char *other)
{
    size_t length = strlen(devd_fake.done);
    snprintf(devd_fake.done + length, sizeof(devd_fake.done) - length, "%s %s%s%s;", what, name,
             *other ? " " : "", other);
    errno = EPERM;
    return !devd_fake.interfaces_refuse;
}

bool devd_interface_exists(const char *name)
{
    if (devd_fake.looks && --devd_fake.looks == 0)
        strcpy(find(""), "vif2.0");
    return find(name);
}

bool devd_interface_rename(const char *name, const char *other)
{
    assert_non_null(find(name));
    snprintf(find(name), 16, "%s", other);
    return note("rename", name, other);
}

bool devd_interface_mtu(const char *name, unsigned int mtu)
{
    char text[16];
    snprintf(text, sizeof(text), "%u", mtu);
    return note("mtu", name, text);
}

bool devd_interface_up(const char *name)
{
    return note("up", name, "");
}

bool devd_bridge_make(const char *name)
{
    snprintf(find(""), 16, "%s", name);
    return note("make", name, "");
}

bool devd_bridge_join(const char *bridge, const char *name)
{
    return note("join", bridge, name);
}

/* ---- The daemon and what is around it ---- */

static void start(void)
{
    devd_fake.devd = (struct devd){.options = &devd_fake.options, .ctx = libxl_open()};
    assert_non_null(devd_fake.devd.ctx);
    devd_fake.devd.store = libxl_store(devd_fake.devd.ctx);
    assert_true(libxl_backend_announce(devd_fake.devd.ctx, true));
}

static void stop(void)
{
    devd_forget(&devd_fake.devd);
    while (devd_fake.devd.declared) {
        struct declared *next = devd_fake.devd.declared->next;
        free(devd_fake.devd.declared);
        devd_fake.devd.declared = next;
    }
    libxl_close(devd_fake.devd.ctx);
}

int devd_begin(void **state)
{
    (void)state;
    fake_board();
    fake_write("domid", "0");
    fake_write("/local/domain/2/vm", "/vm/ab000000-0000-0000-0000-000000000001");
    memset(&devd_fake, 0, sizeof(devd_fake));
    snprintf(devd_fake.root, sizeof(devd_fake.root), "/tmp/devd-test-XXXXXX");
    if (!mkdtemp(devd_fake.root))
        return -1;
    devd_fake.options = (struct devd_options){.root = devd_fake.root};
    start();
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

int devd_end(void **state)
{
    (void)state;
    stop();
    return nftw(devd_fake.root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void devd_again(void)
{
    stop();
    start();
}

const char *devd_path(const char *path)
{
    static char paths[4][PATH_SIZE];
    static unsigned int turn;
    char *out = paths[turn++ % 4];
    snprintf(out, PATH_SIZE, "%s%s", devd_fake.root, path);
    return out;
}

void devd_put(const char *path, const void *data, size_t size)
{
    char directory[PATH_SIZE];
    snprintf(directory, sizeof(directory), "%s", devd_path(path));
    for (char *at = strchr(directory + strlen(devd_fake.root) + 1, '/'); at;
         at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(directory, 0755);
        *at = '/';
    }
    FILE *file = fopen(devd_path(path), "we");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

void devd_disk(const char *spec, const char *state)
{
    struct libxl_disk disk;
    libxl_disk_init(&disk);
    assert_int_equal(libxl_disk_parse(devd_fake.devd.ctx, &spec, 1, &disk), LIBXL_OK);
    assert_int_equal(libxl_disk_add(devd_fake.devd.ctx, 2, &disk), LIBXL_OK);
    char path[128];
    snprintf(path, sizeof(path), "%s/state", disk.device.backend_path);
    fake_write(path, state);
}

void devd_network(const char *spec, const char *state)
{
    struct libxl_nic nic;
    libxl_nic_init(&nic);
    assert_int_equal(libxl_nic_parse(devd_fake.devd.ctx, &spec, 1, &nic), LIBXL_OK);
    assert_int_equal(libxl_nic_add(devd_fake.devd.ctx, 2, &nic), LIBXL_OK);
    fake_write(VIF "/state", state);
}

const char *devd_node(const char *path)
{
    const char *value = fake_read(path);
    return value ? value : "";
}
