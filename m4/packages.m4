# SPDX-License-Identifier: MIT

# What configure needs of other packages is looked for before all else, so that one run names all that is missing, with
# Debian's names, each for the architecture that it is wanted for.

m4_ifndef([PKG_PROG_PKG_CONFIG], [m4_fatal([pkg-config is missing: install it, and run autoreconf -fi again])])

# TREFOIL_PACKAGES: the compiler and its C library. TREFOIL_LIBRARY and the like follow, then TREFOIL_PACKAGES_END; only then
# AC_PROG_CC, which ends with the first thing that it does not find, or takes this machine's compiler for another's.
AC_DEFUN([TREFOIL_PACKAGES], [
AC_REQUIRE([AC_CANONICAL_HOST])
AC_REQUIRE([PKG_PROG_PKG_CONFIG])
trefoil_missing= trefoil_untested= trefoil_of=
trefoil_compilers="gcc cc clang" trefoil_compiler_package=gcc trefoil_triplet=$host_cpu-linux-gnu
AS_IF([test "$host" != "$build"], [
    trefoil_compilers=$host_alias-gcc
    trefoil_compiler_package=gcc-`AS_ECHO(["$host_cpu"]) | tr _ -`-linux-gnu
    AS_CASE([$host_cpu], [aarch64], [trefoil_architecture=arm64], [x86_64], [trefoil_architecture=amd64],
            [trefoil_architecture=$host_cpu])
    trefoil_of=:$trefoil_architecture])
AS_IF([test -z "$PKG_CONFIG"], [trefoil_missing="$trefoil_missing pkg-config"])
trefoil_cc=$CC
AS_IF([test -z "$CC"], [AC_CHECK_PROGS([trefoil_cc], [$trefoil_compilers])])
AS_IF([test -z "$trefoil_cc"], [trefoil_missing="$trefoil_missing $trefoil_compiler_package"],
      [trefoil_said=`$trefoil_cc -print-multiarch 2>/dev/null` && test -n "$trefoil_said" && trefoil_triplet=$trefoil_said])
_TREFOIL_LOOK([the C library], [stdio.h], [puts], [], [c], [test -e /usr/$host_alias/lib/libc.so])
AS_IF([test $trefoil_there = no], [
    trefoil_missing="$trefoil_missing libc6-dev$trefoil_of"
    trefoil_cc=])
])

# _TREFOIL_LOOK(WHAT, HEADER, FUNCTION, FLAGS, NAME, [OR]): sets trefoil_there. Where nothing can be linked a look at the
# files of the library NAME, or the command OR, has to do.
AC_DEFUN([_TREFOIL_LOOK], [
AC_MSG_CHECKING([for $1 for $host])
AS_IF([test -n "$trefoil_cc"], [
    for trefoil_header in stdio.h stdint.h stdarg.h stddef.h setjmp.h $2; do
        AS_ECHO(["@%:@include <$trefoil_header>"])
    done >conftest.c
    AS_ECHO(["int main(void) { return (intptr_t)&$3 == 0; }"]) >>conftest.c
    AS_IF([$trefoil_cc $CPPFLAGS $CFLAGS -o conftest conftest.c $LDFLAGS $4 >&AS_MESSAGE_LOG_FD 2>&1],
          [trefoil_there=yes], [trefoil_there=no])
    rm -f conftest conftest.*
], [AS_IF([test -e /usr/lib/$trefoil_triplet/lib$5.so || test -e /usr/lib/$trefoil_triplet/lib$5.a m4_ifval([$6], [|| $6])],
          [trefoil_there=yes], [trefoil_there=no])])
AC_MSG_RESULT([$trefoil_there])
])

# TREFOIL_LIBRARY(VARIABLE, MODULE, HEADER, FUNCTION, NAME, PACKAGE): VARIABLE_CFLAGS and VARIABLE_LIBS are pkg-config's.
AC_DEFUN([TREFOIL_LIBRARY], [
PKG_CHECK_MODULES([$1], [$2], [], [$1_LIBS=-l$5])
_TREFOIL_LOOK([lib$5], [$3], [$4], [$$1_CFLAGS $$1_LIBS], [$5])
AS_IF([test $trefoil_there = no], [trefoil_missing="$trefoil_missing $6$trefoil_of"])
])

# TREFOIL_TEST_LIBRARY(the same): what only the unit tests take.
AC_DEFUN([TREFOIL_TEST_LIBRARY], [
trefoil_kept=$trefoil_missing trefoil_missing=
TREFOIL_LIBRARY($@)
trefoil_untested="$trefoil_untested$trefoil_missing" trefoil_missing=$trefoil_kept
])

# TREFOIL_XML: libxml2 for the part of xl that is for XML. By default it is left out of what is built for another machine: a
# board, in whose RAM disk it would be ten times all else.
AC_DEFUN([TREFOIL_XML], [
AC_ARG_WITH([libxml2], [AS_HELP_STRING([--without-libxml2], [leave out the part of xl that writes and reads XML; with another --host it takes --with-libxml2])],
            [], [AS_IF([test "$host" = "$build"], [with_libxml2=yes], [with_libxml2=no])])
AS_IF([test "$with_libxml2" != no],
      [TREFOIL_LIBRARY([XML2], [libxml-2.0], [libxml/parser.h], [xmlReadMemory], [xml2], [libxml2-dev])])
])

# TREFOIL_HTTP: libmicrohttpd for the part of xl that answers by HTTP; the same, as GnuTLS comes with it.
AC_DEFUN([TREFOIL_HTTP], [
AC_ARG_WITH([libmicrohttpd], [AS_HELP_STRING([--without-libmicrohttpd], [leave out the part of xl that answers by HTTP; with another --host it takes --with-libmicrohttpd])],
            [], [AS_IF([test "$host" = "$build"], [with_libmicrohttpd=yes], [with_libmicrohttpd=no])])
AS_IF([test "$with_libmicrohttpd" != no],
      [TREFOIL_LIBRARY([MICROHTTPD], [libmicrohttpd], [microhttpd.h], [MHD_start_daemon], [microhttpd], [libmicrohttpd-dev])])
])

# TREFOIL_SCREEN: ncurses for the part of xl that fills a terminal, and INFOCMP, which says what terminals there are.
AC_DEFUN([TREFOIL_SCREEN], [
AC_ARG_WITH([ncurses], [AS_HELP_STRING([--without-ncurses], [leave out the part of xl that fills the screen for xl top])],
            [], [with_ncurses=yes])
AS_IF([test "$with_ncurses" != no], [
    TREFOIL_LIBRARY([NCURSES], [ncursesw], [curses.h], [newterm], [ncursesw], [libncurses-dev])
    AC_CHECK_PROG([INFOCMP], [infocmp], [infocmp])
    AS_IF([test -z "$INFOCMP"], [trefoil_missing="$trefoil_missing ncurses-bin"])])
])

# TREFOIL_LIBFDT: its static library, LIBFDT_A.
AC_DEFUN([TREFOIL_LIBFDT], [
AC_ARG_VAR([LIBFDT_A], [the static libfdt for the host, /usr/lib/HOST/libfdt.a by default])
: ${LIBFDT_A:=/usr/lib/$trefoil_triplet/libfdt.a}
_TREFOIL_LOOK([$LIBFDT_A], [libfdt.h], [fdt_check_header], [$LIBFDT_A], [fdt])
AS_IF([test $trefoil_there = no], [trefoil_missing="$trefoil_missing libfdt-dev$trefoil_of"])
])

# TREFOIL_PACKAGES_END: an error that names what is missing.
AC_DEFUN([TREFOIL_PACKAGES_END], [
AS_IF([test -n "$trefoil_missing"], [
    AS_CASE([$trefoil_missing], [*:*], [trefoil_first="dpkg --add-architecture $trefoil_architecture && apt-get update && "], [trefoil_first=])
    AS_CASE([$trefoil_missing], [*libfdt-dev:*], [trefoil_last="
  (libfdt-dev cannot be installed for two architectures: unpack the other one's with dpkg -x, and say LIBFDT_A=.../libfdt.a)"], [trefoil_last=])
    AC_MSG_ERROR([packages are missing. On Debian, as root:
  ${trefoil_first}apt-get install --no-install-recommends$trefoil_missing$trefoil_untested$trefoil_last])])
AS_IF([test -n "$trefoil_untested"], [AC_MSG_WARN([no unit tests without$trefoil_untested])])
])
