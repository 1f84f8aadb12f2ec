/* SPDX-License-Identifier: MIT */
/* What the daemon asks of the kernel about loop devices and interfaces. The kernel is a list of
 * answers: ioctl() is ours. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../devd/daemon.h"
#include "../../../devd/interface.h"

#define CALLS_MAX 80

/* What is to come, in this order, and how each is answered: 0, a number, or minus an errno value.
 */
static struct {
    struct {
        unsigned long request;
        int answer;
    } wanted[CALLS_MAX];
    unsigned int count, done;
    struct ifreq ifreq;            /* as the last call had it */
    struct loop_config configured; /* likewise */
    struct stat bound;             /* the file that LOOP_GET_STATUS64 tells of */
} kernel;

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    assert_true(fd >= 0);
    assert_true(kernel.done < kernel.count);
    assert_int_equal(request, kernel.wanted[kernel.done].request);
    int answer = kernel.wanted[kernel.done++].answer;
    if (request == LOOP_CONFIGURE)
        kernel.configured = *(struct loop_config *)argument;
    else if (request == LOOP_GET_STATUS64 && answer == 0)
        *(struct loop_info64 *)argument =
            (struct loop_info64){.lo_device = kernel.bound.st_dev, .lo_inode = kernel.bound.st_ino};
    else if (request == SIOCBRADDBR)
        snprintf(kernel.ifreq.ifr_name, IFNAMSIZ, "%s", (const char *)argument);
    else if (request != LOOP_GET_STATUS64 && request != LOOP_CTL_GET_FREE)
        kernel.ifreq = *(struct ifreq *)argument;
    if (answer >= 0)
        return answer;
    errno = -answer;
    return -1;
}

static void expect_call(unsigned long request, int answer)
{
    assert_true(kernel.count < CALLS_MAX);
    kernel.wanted[kernel.count].request = request;
    kernel.wanted[kernel.count++].answer = answer;
}

static char root[] = "/tmp/devd-kernel-XXXXXX";
static char image[96];

static void put_empty(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static const char *below(const char *name)
{
    static char path[96];
    snprintf(path, sizeof(path), "%s%s", root, name);
    return path;
}

static const char *const files[] = {"/dev/loop-control", "/dev/loop0", "/dev/loop3", "/image"};

static int make_root(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    assert_int_equal(mkdir(below("/dev"), 0700), 0);
    for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        put_empty(below(files[i]));
    snprintf(image, sizeof(image), "%s", below("/image"));
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(below(files[i]));
    rmdir(below("/dev"));
    return rmdir(root);
}

static int begin(void **state)
{
    (void)state;
    memset(&kernel, 0, sizeof(kernel));
    return 0;
}

/* All that was to come has come. */
static int end(void **state)
{
    (void)state;
    assert_int_equal(kernel.done, kernel.count);
    return 0;
}

static void is_bound(const char *loop, bool readonly, int number)
{
    struct stat status;
    dev_t device = 1;
    int fd = devd_loop(root, image, readonly, number, &device);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(device, status.st_rdev);
    ino_t inode = status.st_ino;
    assert_int_equal(stat(below(loop), &status), 0);
    assert_int_equal(inode, status.st_ino);
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, readonly ? O_RDONLY : O_RDWR);
    close(fd);
}

/* It goes at its last close, by direct I/O, under its file's name. */
static void a_file_gets_the_free_one(void **state)
{
    (void)state;
    expect_call(LOOP_CTL_GET_FREE, 3);
    expect_call(LOOP_GET_STATUS64, -ENXIO);
    expect_call(LOOP_CONFIGURE, 0);
    is_bound("/dev/loop3", false, -1);
    assert_int_equal(kernel.configured.info.lo_flags, LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO);
    assert_string_equal((char *)kernel.configured.info.lo_file_name, image);
}

static void read_only_and_without_direct_io(void **state)
{
    (void)state;
    expect_call(LOOP_CTL_GET_FREE, 0);
    expect_call(LOOP_GET_STATUS64, -ENXIO);
    expect_call(LOOP_CONFIGURE, -EINVAL);
    expect_call(LOOP_CONFIGURE, 0);
    is_bound("/dev/loop0", true, -1);
    assert_int_equal(kernel.configured.info.lo_flags, LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY);
}

static void one_that_has_the_file_is_taken_again(void **state)
{
    (void)state;
    assert_int_equal(stat(image, &kernel.bound), 0);
    expect_call(LOOP_GET_STATUS64, 0);
    is_bound("/dev/loop3", false, 3);
    /* Another file is bound there by now. */
    kernel.bound.st_ino++;
    expect_call(LOOP_GET_STATUS64, 0);
    expect_call(LOOP_CONFIGURE, -EBUSY);
    expect_call(LOOP_CTL_GET_FREE, 0);
    expect_call(LOOP_GET_STATUS64, -ENXIO);
    expect_call(LOOP_CONFIGURE, 0);
    is_bound("/dev/loop0", false, 3);
}

static void fails_with(int error, const char *file)
{
    dev_t device = 1;
    errno = 0;
    assert_int_equal(devd_loop(root, file, false, -1, &device), -1);
    assert_int_equal(errno, error);
    assert_int_equal(device, 1);
}

/* Somebody else is faster, again and again: there is an end to it. */
static void what_cannot_be_bound(void **state)
{
    (void)state;
    fails_with(ENOENT, below("/none"));
    expect_call(LOOP_CTL_GET_FREE, 3);
    expect_call(LOOP_GET_STATUS64, -ENXIO);
    expect_call(LOOP_CONFIGURE, -EPERM);
    fails_with(EPERM, image);
    expect_call(LOOP_CTL_GET_FREE, 7);
    fails_with(ENOENT, image);
    expect_call(LOOP_CTL_GET_FREE, 3);
    expect_call(LOOP_GET_STATUS64, -ENXIO);
    expect_call(LOOP_CONFIGURE, -EBUSY);
    expect_call(LOOP_CTL_GET_FREE, -ENOSPC);
    fails_with(ENOSPC, image);
}

/* "lo" is what there is everywhere. */
static void an_interface_is_named_and_set_up(void **state)
{
    (void)state;
    assert_true(devd_interface_exists("lo"));
    assert_false(devd_interface_exists("vif7.3"));
    expect_call(SIOCSIFNAME, 0);
    assert_true(devd_interface_rename("vif7.3", "wan"));
    assert_string_equal(kernel.ifreq.ifr_name, "vif7.3");
    assert_string_equal(kernel.ifreq.ifr_newname, "wan");
    expect_call(SIOCSIFMTU, -EINVAL);
    assert_false(devd_interface_mtu("vif7.3", 9000));
    assert_int_equal(errno, EINVAL);
    assert_int_equal(kernel.ifreq.ifr_mtu, 9000);
    expect_call(SIOCGIFFLAGS, -ENODEV);
    assert_false(devd_interface_up("vif7.3"));
    expect_call(SIOCGIFFLAGS, 0);
    expect_call(SIOCSIFFLAGS, 0);
    assert_true(devd_interface_up("vif7.3"));
    assert_true(kernel.ifreq.ifr_flags & IFF_UP);
}

static void a_bridge_is_made_and_joined(void **state)
{
    (void)state;
    expect_call(SIOCBRADDBR, -EEXIST);
    expect_call(SIOCGIFFLAGS, 0);
    expect_call(SIOCSIFFLAGS, 0);
    assert_true(devd_bridge_make("br7"));
    expect_call(SIOCBRADDBR, -EPERM);
    assert_false(devd_bridge_make("br7"));
    assert_int_equal(errno, EPERM);
    assert_false(devd_bridge_join("br7", "vif7.3"));
    expect_call(SIOCBRADDIF, 0);
    assert_true(devd_bridge_join("br7", "lo"));
    assert_string_equal(kernel.ifreq.ifr_name, "br7");
    assert_int_equal(kernel.ifreq.ifr_ifindex, if_nametoindex("lo"));
    /* Busy: it is in a bridge, and not in this one. */
    expect_call(SIOCBRADDIF, -EBUSY);
    assert_false(devd_bridge_join("br7", "lo"));
    expect_call(SIOCBRADDIF, -EINVAL);
    assert_false(devd_bridge_join("br7", "lo"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_file_gets_the_free_one),
        TEST(read_only_and_without_direct_io),
        TEST(one_that_has_the_file_is_taken_again),
        TEST(what_cannot_be_bound),
        TEST(an_interface_is_named_and_set_up),
        TEST(a_bridge_is_made_and_joined),
    };
#undef TEST
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
