# What a build under ThreadSanitizer needs besides the flag, since the packaged libraries are built without it.

# It does not model fences. Asio then counts references without them, and does without those around its handlers, whose
# queue has a lock.
add_compile_definitions(BOOST_ASIO_DISABLE_STD_ATOMIC BOOST_ASIO_DISABLE_FENCED_BLOCK)
# Protobuf's headers add a member to maps where this macro is defined, which the packaged library does not have. What
# the standard library derives from it is kept.
add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)

# Each program brings what the sanitizer has to be told, so that it runs alike by hand and as a child.
add_library(thread_sanitizer OBJECT ${CMAKE_SOURCE_DIR}/tests/thread_sanitizer/grpc_order.cc)
target_compile_options(thread_sanitizer PRIVATE -fno-sanitize=thread -fno-access-control)
target_compile_definitions(thread_sanitizer PRIVATE
  CIRCUIT_SUPPRESSIONS="${CMAKE_SOURCE_DIR}/tests/thread_sanitizer/suppressions.txt")
link_libraries($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:thread_sanitizer>>)
