// The entry point of every test program: doctest's own, which runs each TEST_CASE linked beside it.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
