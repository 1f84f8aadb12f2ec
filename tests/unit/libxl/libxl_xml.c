/* SPDX-License-Identifier: MIT */
/* xl: what it prints as XML is what it prints as JSON, by the word of others' parsers; and the part
 * of it that XML takes. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl/fields.h>
#include <libxl/libxl.h>
#include <libxml/parser.h>
#include <yajl/yajl_tree.h>

#include "libxl/part.h"
#include "libxl/xml_part.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run json, xml;

/* The first element among `node` and those after it. */
static xmlNode *element_from(xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

static void same_text(const char *expected, xmlNode *element)
{
    xmlChar *text = xmlNodeGetContent(element);
    assert_null(element_from(element->children));
    assert_string_equal((const char *)text, expected);
    xmlFree(text);
}

static void same(yajl_val value, xmlNode *element);

static void same_object(yajl_val value, xmlNode *element)
{
    xmlNode *child = element_from(element->children);
    for (size_t i = 0; i < YAJL_GET_OBJECT(value)->len; i++) {
        assert_non_null(child);
        assert_string_equal((const char *)child->name, YAJL_GET_OBJECT(value)->keys[i]);
        same(YAJL_GET_OBJECT(value)->values[i], child);
        child = element_from(child->next);
    }
    assert_null(child);
}

/* The items of a list are called alike. */
static void same_list(yajl_val value, xmlNode *element)
{
    xmlNode *child = element_from(element->children), *first = child;
    for (size_t i = 0; i < YAJL_GET_ARRAY(value)->len; i++) {
        assert_non_null(child);
        assert_string_equal((const char *)child->name, (const char *)first->name);
        same(YAJL_GET_ARRAY(value)->values[i], child);
        child = element_from(child->next);
    }
    assert_null(child);
}

static void same(yajl_val value, xmlNode *element)
{
    switch (value->type) {
    case yajl_t_object: same_object(value, element); break;
    case yajl_t_array: same_list(value, element); break;
    case yajl_t_string: same_text(YAJL_GET_STRING(value), element); break;
    case yajl_t_number: same_text(YAJL_GET_NUMBER(value), element); break;
    case yajl_t_true: same_text("true", element); break;
    case yajl_t_false: same_text("false", element); break;
    case yajl_t_null: assert_null(element->children); break;
    default: fail();
    }
}

static void compare(const char *as_json, const char *as_xml, const char *root)
{
    char error[128];
    run_xl(&json, as_json);
    run_xl(&xml, as_xml);
    assert_int_equal(json.status, xml.status);
    assert_string_equal(json.err, xml.err);
    yajl_val tree = yajl_tree_parse(json.out, error, sizeof(error));
    xmlDoc *document = xmlReadMemory(xml.out, (int)strlen(xml.out), NULL, NULL, XML_PARSE_NONET);
    assert_non_null(tree);
    assert_non_null(document);
    assert_string_equal((const char *)document->encoding, "UTF-8");
    assert_string_equal((const char *)xmlDocGetRootElement(document)->name, root);
    same(tree, xmlDocGetRootElement(document));
    yajl_tree_free(tree);
    xmlFreeDoc(document);
}

static void xml_says_what_json_says(void **state)
{
    (void)state;
    fake.domains[2].info.cpu_time = UINT64_MAX;
    fake.domains[1].info.flags |= XEN_DOMINF_shutdown | 3u << XEN_DOMINF_shutdownshift;
    compare("list -l", "list --xml", "domains");
    compare("list -l app hardware", "list -X app hardware", "domains");
    fake.notes[0] = (struct xen_sysctl_trefoil_cpu_note){.cpus = 0xd, .text = "a <note>"};
    compare("info -j", "info --xml", "info");
    assert_non_null(strstr(xml.out, "<text>a &lt;note&gt;</text>"));
    compare("vcpu-list -j app", "vcpu-list -X app", "vcpus");
    compare("policy -j", "policy -X", "policy");
    compare("policy -j -w control domctl_pausedomain app",
            "policy -X -w control domctl_pausedomain app", "decision");
    compare("policy -j -w app domctl_pausedomain 1", "policy -X -w app domctl_pausedomain 1",
            "decision");
    compare("policy --can -j hardware read app", "policy --can -X hardware read app", "ways");
    compare("launch check -j " TREE, "launch check -X " TREE, "launch");
    compare("launch check -j " BAD_TREE, "launch check -X " BAD_TREE, "launch");
}

#define DISK    "/local/domain/0/backend/vbd/2/51712"
#define NETWORK "/local/domain/0/backend/vif/2/0"

static void they_connect(void)
{
    static const char *const nodes[][2] = {{DISK "/hotplug-status", "connected"},
                                           {DISK "/state", "4"},
                                           {"/local/domain/2/device/vbd/51712/state", "4"},
                                           {NETWORK "/hotplug-status", "connected"},
                                           {NETWORK "/state", "4"},
                                           {"/local/domain/2/device/vif/0/state", "4"}};
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        if (fake_permissions(i < 3 ? DISK : NETWORK))
            fake_write(nodes[i][0], nodes[i][1]);
}

static void lists_may_be_in_lists(void **state)
{
    (void)state;
    fake_write("/local/domain/0/libxl/devd", "77");
    fake_write("/local/domain/2/vm", "/vm/ab000000-0000-0000-0000-000000000001");
    fake.store_turn = they_connect;
    prints(&xml, "block-attach app /dev/vda2,,xvda", "");
    prints(&xml, "network-attach app", "");
    compare("list -l", "list -X", "domains");
    assert_non_null(strstr(xml.out, "<disks>\n"));
    assert_non_null(strstr(xml.out, "<nic>\n"));
    compare("block-list -j app", "block-list -X app", "disks");
    assert_non_null(strstr(xml.out, "<vdev>xvda</vdev>"));
    compare("network-list -j app", "network-list -X app", "networks");
}

static void odd_names_stay_as_they_are(void **state)
{
    (void)state;
    static const char name[] = "<a> & \"b\" ]]> 'c' \xc3\xbc \xf0\x9f\x8d\x80";
    strcpy(fake.domains[2].launch.name, name);
    compare("list -l 2", "list -X 2", "domains");
    assert_non_null(strstr(xml.out, "<name>&lt;a&gt; &amp; &quot;b&quot; ]]&gt; 'c' \xc3\xbc "));
    strcpy(fake.domains[2].launch.name, "\x1b\xff\x7f");
    compare("list -l 2", "list -X 2", "domains");
    assert_non_null(strstr(xml.out, "<name>?\?\?</name>"));
}

/* A document is a declaration, and a line for each element without others in it. */
static void it_is_laid_out_in_lines(void **state)
{
    (void)state;
    prints(&xml, "domname -X 1",
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<domain>\n"
           "    <domid>1</domid>\n"
           "    <name>control</name>\n"
           "</domain>\n");
}

static void others_have_it_without_a_declaration(void **state)
{
    (void)state;
    struct libxl_domain domain = {.domid = 3, .name = "a"};
    char *list = libxl_xml_array(libxl_share_fields, "all", "one", &domain, 1, sizeof(domain));
    char *one = libxl_xml_object(libxl_share_fields, "one", &domain);
    char *none = libxl_xml_array(libxl_share_fields, "all", "one", NULL, 0, sizeof(domain));
    assert_ptr_equal(strstr(list, "<all>\n    <one>\n        <name>a</name>\n"), list);
    assert_ptr_equal(strstr(one, "<one>\n    <name>a</name>\n"), one);
    assert_string_equal(none, "<all/>\n");
    free(list);
    free(one);
    free(none);
}

static void what_cannot_be_written_is_a_failure(void **state)
{
    (void)state;
    run_xl_to(&xml, "info -X", "/dev/full");
    assert_int_equal(xml.status, 1);
    assert_non_null(strstr(xml.err, "the output could not be written"));
}

static void a_list_may_be_empty(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        fake.domains[i].exists = false;
    compare("list -l", "list -X", "domains");
}

static void failures_print_nothing(void **state)
{
    (void)state;
    fails(&xml, "list -X nobody", 1, "There is no domain named 'nobody'.\n");
    assert_string_equal(xml.out, "");
}

/* JSON and tables take nothing of it, and what would change something changes nothing. */
static void without_its_part_xl_says_so(void **state)
{
    (void)state;
    part_folder = "/there/is/none";
    fails(&xml, "list -X", 1,
          "XML takes a part of xl that cannot be loaded: /there/is/none/xl-xml.so: cannot open "
          "shared object file: No such file or directory\nJSON does without it.\n");
    assert_string_equal(xml.out, "");
    run_xl(&xml, "launch make -X -o /tmp/not-to-be-made " TREE);
    assert_int_equal(xml.status, 1);
    assert_int_not_equal(access("/tmp/not-to-be-made", F_OK), 0);
    run_xl(&xml, "list -l");
    assert_int_equal(xml.status, 0);
    assert_null(libxl_xml_object(libxl_share_fields, "one", &(struct libxl_domain){.domid = 3}));
}

/* What is loaded has the part's name, and is a library that has nothing of it. */
static void what_is_no_part_is_not_used(void **state)
{
    (void)state;
    char folder[] = "/tmp/part-XXXXXX", file[64];
    Dl_info other;
    assert_int_not_equal(dladdr(dlsym(RTLD_DEFAULT, "xmlReadMemory"), &other), 0);
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/xl-xml.so", folder);
    assert_int_equal(symlink(other.dli_fname, file), 0);
    part_folder = folder;
    run_xl(&xml, "list -X");
    assert_int_equal(xml.status, 1);
    assert_non_null(strstr(xml.err, "undefined symbol: xml_part"));
    unlink(file);
    rmdir(folder);
    part_folder = OTHER_PART;
    fails(&xml, "list -X", 1,
          "XML takes a part of xl that cannot be loaded: " OTHER_PART
          "/xl-xml.so is of another version of xl\nJSON does without it.\n");
}

static int with_part(void **state)
{
    part_folder = PART;
    return board(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(xml_says_what_json_says, with_part),
        cmocka_unit_test_setup(lists_may_be_in_lists, with_part),
        cmocka_unit_test_setup(what_cannot_be_written_is_a_failure, with_part),
        cmocka_unit_test_setup(odd_names_stay_as_they_are, with_part),
        cmocka_unit_test_setup(a_list_may_be_empty, with_part),
        cmocka_unit_test_setup(failures_print_nothing, with_part),
        cmocka_unit_test_setup(it_is_laid_out_in_lines, with_part),
        cmocka_unit_test_setup(others_have_it_without_a_declaration, with_part),
        cmocka_unit_test_setup(without_its_part_xl_says_so, board),
        cmocka_unit_test_setup(what_is_no_part_is_not_used, board),
    };
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return status;
}
