# What a build under AddressSanitizer needs besides the flag: each program knows which leaks are a library's.
add_library(address_sanitizer OBJECT ${CMAKE_SOURCE_DIR}/tests/address_sanitizer/leaks.cc)
link_libraries($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:address_sanitizer>>)
