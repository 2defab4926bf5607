# A box is one library target for one folder. Its headers can be included only by the boxes that name it among
# their dependencies: each box has an include root of its own under build/, which holds links to its headers alone.
# So an arrow that docs/architecture.md does not draw does not compile.

include(GoogleTest OPTIONAL)

# circuit_box(NAME FOLDER folder [SOURCES a.cc ...] [HEADERS a.h ...] [DEPS box-or-library ...] [PRIVATE_DEPS ...])
# FOLDER is relative to the root. HEADERS, relative to FOLDER, is what other boxes may include ("folder/a.h").
function(circuit_box NAME)
  cmake_parse_arguments(BOX "" "FOLDER" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/boxes/${NAME})
  foreach(header ${BOX_HEADERS})
    get_filename_component(folder ${root}/${BOX_FOLDER}/${header} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${BOX_FOLDER}/${header} ${root}/${BOX_FOLDER}/${header} SYMBOLIC)
  endforeach()
  if(BOX_SOURCES)
    list(TRANSFORM BOX_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/${BOX_FOLDER}/)
    add_library(${NAME} STATIC ${BOX_SOURCES})
    # Its own sources also see the headers that it shows to nobody.
    file(GLOB own_headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${BOX_FOLDER}/*.h)
    foreach(header ${own_headers})
      get_filename_component(folder ${root}-private/${header} DIRECTORY)
      file(MAKE_DIRECTORY ${folder})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${header} ${root}-private/${header} SYMBOLIC)
    endforeach()
    target_include_directories(${NAME} PUBLIC ${root} PRIVATE ${root}-private)
    target_link_libraries(${NAME} PUBLIC ${BOX_DEPS} PRIVATE ${BOX_PRIVATE_DEPS})
  else()
    add_library(${NAME} INTERFACE)
    target_include_directories(${NAME} INTERFACE ${root})
    target_link_libraries(${NAME} INTERFACE ${BOX_DEPS})
  endif()
endfunction()

# circuit_test(NAME SOURCES ... DEPS ...): one GoogleTest program, one ctest entry per program (fast to discover).
function(circuit_test NAME)
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${NAME} ${TEST_SOURCES})
  target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE ${TEST_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}"
    ENVIRONMENT "CONFORMANCE_DIR=$ENV{CONFORMANCE_DIR}")
endfunction()
