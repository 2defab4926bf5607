# How every file is compiled: warnings are errors; ccache and mold are used where they are present.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside inlined standard and Asio code at -O2, where they are false.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                      -Wno-array-bounds -Wno-mismatched-new-delete -Wno-dangling-pointer)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # An executor needs operator!= by Asio's rules, also where C++20 never calls it; and a namespace may be inline
  # where it is declared and opened again without saying so.
  add_compile_options(-Wno-unneeded-internal-declaration -Wno-inline-namespace-reopened-noninline)
endif()
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
# Frames and handlers need no more alignment than operator new gives, and aligned_alloc is several times slower.
add_compile_definitions(BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)

find_program(CIRCUIT_CCACHE ccache)
if(CIRCUIT_CCACHE)
  # Relative paths and no directory in the hash: build folders of one checkout share their objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime ${CIRCUIT_CCACHE})
endif()
find_program(CIRCUIT_MOLD mold)
if(CIRCUIT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(CIRCUIT_SANITIZE)
  add_compile_options(-fsanitize=${CIRCUIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CIRCUIT_SANITIZE})
  add_compile_definitions(CIRCUIT_SANITIZED=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # What this check puts before each function, Clang 14 cannot assemble for coroutines.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()

if(CIRCUIT_SANITIZE MATCHES "address")
  include(address_sanitizer)
endif()
if(CIRCUIT_SANITIZE MATCHES "thread")
  include(thread_sanitizer)
endif()

if(CIRCUIT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "CIRCUIT_FUZZ needs Clang, whose libFuzzer the targets run under: cmake --preset fuzz")
  endif()
  # Everything counts its edges; only the targets in tests/fuzz link libFuzzer itself.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
