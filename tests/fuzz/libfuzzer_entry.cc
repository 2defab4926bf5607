#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  circuit::fuzz::check_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
