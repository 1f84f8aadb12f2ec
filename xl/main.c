/* SPDX-License-Identifier: MIT */
/* xl: looks after the domains of this machine. */
#include "xl.h"

int main(int argc, char **argv)
{
    return xl_main(argc, argv);
}
