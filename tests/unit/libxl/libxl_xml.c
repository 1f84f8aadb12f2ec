/* SPDX-License-Identifier: MIT */
/* xl: what it prints as XML is what it prints as JSON, by the word of others' parsers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <yajl/yajl_tree.h>

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
    compare("info -j", "info --xml", "info");
    compare("vcpu-list -j app", "vcpu-list -X app", "vcpus");
    compare("policy -j", "policy -X", "policy");
    compare("policy -j -w control domctl_pausedomain app",
            "policy -X -w control domctl_pausedomain app", "decision");
    compare("policy -j -w app domctl_pausedomain 1", "policy -X -w app domctl_pausedomain 1",
            "decision");
    compare("launch check -j " TREE, "launch check -X " TREE, "launch");
    compare("launch check -j " BAD_TREE, "launch check -X " BAD_TREE, "launch");
}

static void odd_names_stay_as_they_are(void **state)
{
    (void)state;
    static const char name[] = "<a> & \"b\" ]]> 'c' \xc3\xbc \xf0\x9f\x8d\x80";
    strcpy(fake.domains[2].launch.name, name);
    compare("list -l 2", "list -X 2", "domains");
    assert_non_null(strstr(xml.out, "<name>&lt;a&gt; &amp; \"b\" ]]&gt; 'c' \xc3\xbc "));
    strcpy(fake.domains[2].launch.name, "\x1b\xff\x7f");
    compare("list -l 2", "list -X 2", "domains");
    assert_non_null(strstr(xml.out, "<name>?\?\?</name>"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(xml_says_what_json_says, board),
        cmocka_unit_test_setup(odd_names_stay_as_they_are, board),
        cmocka_unit_test_setup(a_list_may_be_empty, board),
        cmocka_unit_test_setup(failures_print_nothing, board),
    };
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return status;
}
