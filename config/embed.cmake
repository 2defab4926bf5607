# Writes a C++ file that holds the given files as text, so that the program looks for none when it runs.
#   cmake -DOUTPUT=embedded.cc -DROOT=config -DFILES=a.yaml,b.yaml -P embed.cmake
string(REPLACE "," ";" FILES "${FILES}")
set(entries "")
set(count 0)
foreach(path ${FILES})
  file(READ ${ROOT}/${path} text)
  string(FIND "${text}" ")embedded\"" delimiter)
  if(NOT delimiter EQUAL -1)
    message(FATAL_ERROR "${path} holds the delimiter of the literal that is to hold it")
  endif()
  string(APPEND entries "    {\"${path}\", R\"embedded(${text})embedded\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"config/embedded.h\"

#include <array>

namespace circuit::config {

std::span<const EmbeddedFile> embedded_files() {
  static constexpr std::array<EmbeddedFile, ${count}> files = {{
${entries}  }};
  return files;
}

} // namespace circuit::config
")
