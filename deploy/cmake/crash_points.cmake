# Crash points (ingest/runtime/crash_point.h) exist where assertions do, for tests/crash; never in what is shipped.
set(default ON)
if(NOT CIRCUIT_BUILD_TESTS OR CMAKE_CXX_FLAGS MATCHES "NDEBUG" OR CMAKE_BUILD_TYPE MATCHES "Rel")
  set(default OFF)
endif()
option(CIRCUIT_CRASH_POINTS "Let the environment make the programs kill themselves at named places" ${default})

# circuit_crash_points(box ...): these boxes have crash points.
function(circuit_crash_points)
  if(CIRCUIT_CRASH_POINTS)
    foreach(box ${ARGV})
      target_compile_definitions(${box} PRIVATE CIRCUIT_CRASH_POINTS=1)
    endforeach()
  endif()
endfunction()
