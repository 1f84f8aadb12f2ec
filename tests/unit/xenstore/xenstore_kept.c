/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../xenstored/state/state.h"
#include "xenstore_kept.h"

char kept_path[64];
const char *kept_directory = "/tmp";

/* Up to where one frame follows another. */
static size_t whole_size(const struct kept_copy *copy)
{
    static const struct server server;
    struct writer heading = {0};
    struct reader file = reader_of(copy->bytes, copy->size), records;
    size_t whole;

    state_put_heading(&server, &heading);
    whole = heading.length;
    writer_free(&heading);
    if (copy->size < whole)
        return copy->size;
    take_bytes(&file, whole);
    while (state_take_frame(&file, &records))
        whole = (size_t)((const char *)file.next - copy->bytes);
    return whole;
}

void kept_read(struct kept_copy *copy)
{
    FILE *file = fopen(kept_path, "r");

    assert_non_null(file);
    copy->size = fread(copy->bytes, 1, sizeof(copy->bytes), file);
    fclose(file);
    for (size_t size = whole_size(copy); size < copy->size; size++)
        assert_int_equal(copy->bytes[size], 0);
    copy->size = whole_size(copy);
}

void kept_write(const struct kept_copy *copy)
{
    FILE *file;

    unlink(kept_path);
    file = fopen(kept_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(copy->bytes, 1, copy->size, file), copy->size);
    fclose(file);
    chmod(kept_path, 0600);
}

void kept_start(struct fake *fake)
{
    assert_int_equal(server_init(&fake->server, &fake->hypervisor), 0);
    assert_int_equal(boot_tree_frame(&fake->server), 0);
    assert_int_equal(state_open(&fake->server, kept_path, false), 0);
    domains_resume(&fake->server);
    domains_update(&fake->server);
    fake->root = client_privileged(&fake->server);
    fixture_run(&fake->server);
}

/* As a kill does it: nothing is written and nobody told. The hypervisor tells a new one of all. */
void kept_stop(struct fake *fake)
{
    client_free(fake->root);
    server_destroy(&fake->server);
    for (int i = 0; i < DOMAINS; i++)
        fake->domains[i].changed = true;
}

void kept_restart(struct fake *fake)
{
    kept_stop(fake);
    kept_start(fake);
}

int kept_setup(void **state)
{
    int file;

    if (fake_setup(state))
        return -1;
    snprintf(kept_path, sizeof(kept_path), "%s/xenstore-state-XXXXXX", kept_directory);
    file = mkstemp(kept_path);
    if (file < 0)
        return -1;
    close(file);
    unlink(kept_path);
    kept_restart(*state);
    return 0;
}

int kept_teardown(void **state)
{
    int result = fake_teardown(state);

    unlink(kept_path);
    return result;
}

/* Everything in the tree, as one block. */
struct writer kept_dump(const struct server *server)
{
    struct writer writer = {0};

    state_put_tree(&writer, server->store.root);
    assert_false(writer.failed);
    return writer;
}
