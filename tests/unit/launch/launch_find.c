/* SPDX-License-Identifier: MIT */
/* Nodes and properties are found as libfdt finds them. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tree/tree.h"

#define PATH_SIZE 256

static int start(void **state)
{
    *state = launch_tree(NULL, "/ { soc@c000000 { deep { deeper { deepest@1 { }; }; }; };"
                               "    same@1 { }; same@2 { phandle = <77>; }; };");
    return 0;
}

static int stop(void **state)
{
    free(*state);
    return 0;
}

/* libfdt's errors here all mean that there is none. */
static int or_none(int node)
{
    return node < 0 ? -1 : node;
}

static void check_items(const void *fdt, int node)
{
    struct tree_item item = tree_items(fdt, node);
    int at;

    fdt_for_each_property_offset(at, fdt, node)
    {
        const char *name;
        int size;
        const void *data = fdt_getprop_by_offset(fdt, at, &name, &size);

        assert_true(tree_next_item(fdt, &item));
        assert_string_equal(item.name, name);
        assert_ptr_equal(item.data, data);
        assert_int_equal(item.size, size);
        assert_ptr_equal(tree_property(fdt, node, name, NULL), data);
    }
    assert_false(tree_next_item(fdt, &item));
}

static void check_node(const void *fdt, int node)
{
    char path[PATH_SIZE], expected[PATH_SIZE];
    uint32_t phandle = fdt_get_phandle(fdt, node);

    assert_string_equal(tree_name(fdt, node), fdt_get_name(fdt, node, NULL));
    assert_int_equal(tree_child(fdt, node), or_none(fdt_first_subnode(fdt, node)));
    if (node > 0)
        assert_int_equal(tree_sibling(fdt, node), or_none(fdt_next_subnode(fdt, node)));
    assert_int_equal(fdt_get_path(fdt, node, expected, sizeof(expected)), 0);
    assert_string_equal(tree_path(fdt, node, path, sizeof(path)), expected);
    assert_int_equal(tree_find(fdt, 0, path, strlen(path)), node);
    assert_int_equal(tree_phandle(fdt, node), phandle);
    if (phandle != 0)
        assert_int_equal(tree_find_phandle(fdt, phandle), node);
    check_items(fdt, node);
}

static void each_node_as_libfdt_has_it(void **state)
{
    const void *fdt = *state;
    int depth = 0, ours = 0, count = 0;

    for (int node = 0, theirs = 0; theirs >= 0; node = fdt_next_node(fdt, node, &theirs)) {
        assert_int_equal(ours, node);
        assert_int_equal(depth, theirs);
        check_node(fdt, node);
        ours = tree_next_node(fdt, ours, &depth);
        count++;
    }
    assert_int_equal(ours, -1);
    assert_true(count > 20);
}

static void a_walk_knows_its_way(void **state)
{
    char path[PATH_SIZE], expected[PATH_SIZE];
    struct tree_walk walk;

    tree_walk_start(&walk, *state);
    assert_string_equal(tree_walk_path(&walk, path, sizeof(path)), "/");
    while (tree_walk_next(&walk)) {
        assert_int_equal(fdt_get_path(*state, walk.node, expected, sizeof(expected)), 0);
        assert_string_equal(tree_walk_path(&walk, path, sizeof(path)), expected);
    }
    assert_true(tree_walk_to(&walk, *state, tree_find(*state, 0, "same", 4)));
    assert_string_equal(tree_walk_path(&walk, path, 4), "?");
}

static void paths(void **state)
{
    static const char *const all[] = {
        "/",          "//",          "/same",    "/same@2",     "/same@",
        "/sam",       "/same@22",    "/nothing", "/same/below", "/soc/deep/deeper/deepest",
        "/soc//deep", "/soc/deep/",  "soc/deep", "/chosen",     "/soc@c000000/deep/deepest@1",
        "/soc/dee",   "/soc@c/deep",
    };
    const void *fdt = *state;

    for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        int expected =
            all[i][0] == '/' ? fdt_path_offset(fdt, all[i]) : fdt_path_offset(fdt, "/soc/deep");

        assert_int_equal(tree_find(fdt, 0, all[i], strlen(all[i])), or_none(expected));
    }
    assert_int_equal(tree_find(fdt, tree_find(fdt, 0, "soc", 3), "deep/deeper", 11),
                     fdt_path_offset(fdt, "/soc/deep/deeper"));
    assert_int_equal(tree_find(fdt, -1, "soc", 3), -1);
}

static void what_is_not_there(void **state)
{
    char path[PATH_SIZE];
    int depth = 0, node = tree_find(*state, 0, "same@1", 6);

    assert_int_equal(tree_find_phandle(*state, 0), -1);
    assert_int_equal(tree_find_phandle(*state, UINT32_MAX), -1);
    assert_int_equal(tree_find_phandle(*state, 12345), -1);
    assert_string_equal(tree_path(*state, -1, path, sizeof(path)), "?");
    assert_string_equal(tree_path(*state, node + 4, path, sizeof(path)), "?");
    assert_string_equal(tree_path(*state, node, path, 7), "?");
    assert_string_equal(tree_path(*state, node, path, 8), "/same@1");
    assert_int_equal(tree_next_node(*state, node, &depth), -1);
    assert_null(tree_property(*state, -1, "compatible", NULL));
}

static void lists(void **state)
{
    static const char list[] = "one\0three\0";

    (void)state;
    assert_int_equal(tree_list_index(list, 10, "one"), 0);
    assert_int_equal(tree_list_index(list, 10, "three"), 1);
    assert_int_equal(tree_list_index(list, 10, "thre"), -1);
    assert_int_equal(tree_list_index(list, 9, "three"), -1);
    assert_int_equal(tree_list_index(list, 0, ""), -1);
    assert_int_equal(tree_list_index(list, 11, ""), 2);
    assert_int_equal(tree_list_count(list, 4), 1);
    assert_int_equal(tree_list_count(list, 10), 2);
    assert_int_equal(tree_list_count(list, 11), 3);
    assert_int_equal(tree_list_count(list, 9), -1);
    assert_int_equal(tree_list_count(list, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_node_as_libfdt_has_it, start, stop),
        cmocka_unit_test_setup_teardown(a_walk_knows_its_way, start, stop),
        cmocka_unit_test_setup_teardown(paths, start, stop),
        cmocka_unit_test_setup_teardown(what_is_not_there, start, stop),
        cmocka_unit_test(lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
