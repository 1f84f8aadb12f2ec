/* SPDX-License-Identifier: MIT */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/launch_tree.h"

#define IMAGE_MAGIC 0x644d5241u

static void write_file(const struct fixture *fixture, const char *name, const void *data,
                       size_t size, size_t whole)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), (off_t)whole), 0);
    fclose(file);
}

void fixture_write(const struct fixture *fixture, const char *name, const void *data, size_t size)
{
    write_file(fixture, name, data, size, size);
}

static void write_image(const struct fixture *fixture, const char *name, uint64_t image_size,
                        size_t size)
{
    uint8_t header[64] = {0};
    uint32_t magic = IMAGE_MAGIC;

    memcpy(header + 16, &image_size, sizeof(image_size));
    memcpy(header + 56, &magic, sizeof(magic));
    write_file(fixture, name, header, sizeof(header), size);
}

int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    char path[96];

    assert_non_null(fixture);
    strcpy(fixture->folder, "/tmp/launchmake-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(path, sizeof(path), "%s/other", fixture->folder);
    assert_int_equal(mkdir(path, 0755), 0);
    write_image(fixture, "Image", FIXTURE_KERNEL, FIXTURE_KERNEL);
    write_image(fixture, "other/Image", FIXTURE_KERNEL, FIXTURE_KERNEL);
    write_image(fixture, "trefoil", FIXTURE_IMAGE, 200000);
    write_file(fixture, "ramdisk", "07", 2, FIXTURE_RAMDISK);
    write_file(fixture, "pass.dtb", "x", 1, FIXTURE_TREE);
    write_file(fixture, "Image.gz", "\x1f\x8b\x08", 3, 5000);
    write_file(fixture, "empty", "", 0, 0);
    fixture->machine_tree = launch_tree(NULL, "/ { chosen { /delete-node/ hardware; /delete-node/ "
                                              "control; /delete-node/ app; }; };");
    write_file(fixture, "machine.dtb", fixture->machine_tree, 4, 4096);
    snprintf(fixture->description, sizeof(fixture->description), "%s/c", fixture->folder);
    *state = fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
    assert_int_equal(system(command), 0);
    make_board_free(&fixture->board);
    free(fixture->machine_tree);
    free(fixture->tree);
    free(fixture);
    return 0;
}

static void begin(struct fixture *fixture)
{
    make_board_free(&fixture->board);
    free(fixture->tree);
    fixture->tree = NULL;
    make_board_init(&fixture->board);
}

void fixture_begin(struct fixture *fixture)
{
    struct make_place place = {fixture->description, 0};

    begin(fixture);
    make_set_tree(&fixture->board, place, "--tree", "machine.dtb");
    make_set_hypervisor(&fixture->board, place, "--hypervisor", "trefoil");
}

void fixture_add(struct fixture *fixture, enum make_kind kind, const char *text)
{
    make_read(&fixture->board, kind, fixture->description, text, strlen(text));
}

void fixture_complete(struct fixture *fixture)
{
    make_complete(&fixture->board);
}

void fixture_read(struct fixture *fixture, enum make_kind kind, const char *text)
{
    fixture_begin(fixture);
    fixture_add(fixture, kind, text);
    fixture_complete(fixture);
}

void fixture_read_system(struct fixture *fixture, const char *addition)
{
    struct make_place place = {fixture->description, 0};
    size_t size;

    begin(fixture);
    make_set_hypervisor(&fixture->board, place, "--hypervisor", "trefoil");
    free(fixture->machine_tree);
    fixture->machine_tree = launch_tree("system.dts", addition);
    size = make_tree_size(fixture->machine_tree);
    write_file(fixture, "c", fixture->machine_tree, size, size);
    make_read(&fixture->board, MAKE_SYSTEM, fixture->description, fixture->machine_tree, size);
    make_complete(&fixture->board);
}

static void print_messages(const struct fixture *fixture)
{
    for (unsigned int i = 0; i < fixture->board.nr_messages; i++)
        print_message("%s\n", fixture->board.messages[i].text);
}

const struct launch_plan *fixture_finish(struct fixture *fixture)
{
    bool made;

    make_pass_devices(&fixture->board, fixture->machine_tree);
    made = !fixture->board.errors && make_place_all(&fixture->board, fixture->machine_tree);
    if (made)
        fixture->tree = make_tree(&fixture->board, fixture->machine_tree);
    if (!fixture->tree) {
        print_messages(fixture);
        fail_msg("no tree was made");
    }
    return launch_test_plan(fixture->tree);
}

const struct launch_plan *fixture_make(struct fixture *fixture, enum make_kind kind,
                                       const char *text)
{
    fixture_read(fixture, kind, text);
    return fixture_finish(fixture);
}

void fixture_says(const struct fixture *fixture, const char *const parts[])
{
    unsigned int count = 0;

    for (; parts[count]; count++) {
        if (count >= fixture->board.nr_messages)
            fail_msg("nothing says \"%s\"", parts[count]);
        if (!strstr(fixture->board.messages[count].text, parts[count]))
            fail_msg("\"%s\" does not say \"%s\"", fixture->board.messages[count].text,
                     parts[count]);
    }
    if (count < fixture->board.nr_messages)
        fail_msg("one more message: %s", fixture->board.messages[count].text);
}

const struct make_domain *fixture_domain(const struct fixture *fixture, const char *name)
{
    for (const struct make_domain *domain = fixture->board.domains; domain; domain = domain->next)
        if (strcmp(domain->name, name) == 0)
            return domain;
    fail_msg("there is no domain %s", name);
    return NULL;
}
