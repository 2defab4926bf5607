#include "ingest/text/file_kind.h"

#include <algorithm>
#include <array>
#include <string>

#include "ingest/text/ascii.h"
#include "ingest/text/byte_scan.h"
#include "ingest/text/charset.h"

namespace circuit::text {
namespace {

struct Named {
  std::string_view name; // sorted
  FileType type;
};

constexpr FileType code(std::string_view language, std::string_view mime_type = {}) {
  return {FileKind::kCode, language, mime_type};
}
constexpr FileType binary(std::string_view mime_type = {}) { return {FileKind::kBinary, {}, mime_type}; }

constexpr auto kExtensions = std::to_array<Named>({
    {"7z", binary()},
    {"aac", binary("audio/aac")},
    {"adoc", {FileKind::kPlain, {}, "text/asciidoc"}},
    {"apk", binary()},
    {"avi", binary("video/x-msvideo")},
    {"avif", binary("image/avif")},
    {"avro", binary()},
    {"bash", code("bash")},
    {"bat", code("bat")},
    {"bin", binary()},
    {"bmp", binary("image/bmp")},
    {"bz2", binary()},
    {"c", code("c")},
    {"cc", code("cpp")},
    {"cfg", code("ini")},
    {"class", binary()},
    {"clj", code("clojure")},
    {"cmake", code("cmake")},
    {"conf", code("ini")},
    {"cpp", code("cpp")},
    {"cs", code("csharp")},
    {"css", code("css", "text/css")},
    {"csv", {FileKind::kTable, "csv", "text/csv"}},
    {"cxx", code("cpp")},
    {"dart", code("dart")},
    {"deb", binary()},
    {"diff", code("diff")},
    {"dll", binary()},
    {"dmg", binary()},
    {"doc", binary("application/msword")},
    {"docx", binary("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
    {"ejs", code("html")},
    {"elf", binary()},
    {"eot", binary()},
    {"erl", code("erlang")},
    {"ex", code("elixir")},
    {"exe", binary()},
    {"exs", code("elixir")},
    {"flac", binary("audio/flac")},
    {"fs", code("fsharp")},
    {"gif", binary("image/gif")},
    {"go", code("go")},
    {"gradle", code("groovy")},
    {"graphql", code("graphql")},
    {"groovy", code("groovy")},
    {"gz", binary("application/gzip")},
    {"h", code("c")},
    {"hcl", code("hcl")},
    {"heic", binary("image/heic")},
    {"hh", code("cpp")},
    {"hpp", code("cpp")},
    {"hs", code("haskell")},
    {"htm", {FileKind::kHtml, {}, "text/html"}},
    {"html", {FileKind::kHtml, {}, "text/html"}},
    {"ico", binary("image/x-icon")},
    {"ini", code("ini")},
    {"ipynb", code("json", "application/x-ipynb+json")},
    {"iso", binary()},
    {"jar", binary()},
    {"java", code("java")},
    {"jl", code("julia")},
    {"jpeg", binary("image/jpeg")},
    {"jpg", binary("image/jpeg")},
    {"js", code("javascript", "text/javascript")},
    {"json", code("json", "application/json")},
    {"jsonl", code("json", "application/jsonl")},
    {"jsx", code("jsx")},
    {"kt", code("kotlin")},
    {"kts", code("kotlin")},
    {"less", code("less")},
    {"log", code("text", "text/plain")},
    {"lua", code("lua")},
    {"m4a", binary("audio/mp4")},
    {"m4v", binary("video/mp4")},
    {"markdown", {FileKind::kMarkdown, {}, "text/markdown"}},
    {"md", {FileKind::kMarkdown, {}, "text/markdown"}},
    {"mdx", {FileKind::kMarkdown, {}, "text/markdown"}},
    {"mjs", code("javascript", "text/javascript")},
    {"mkd", {FileKind::kMarkdown, {}, "text/markdown"}},
    {"mkv", binary("video/x-matroska")},
    {"ml", code("ocaml")},
    {"mov", binary("video/quicktime")},
    {"mp3", binary("audio/mpeg")},
    {"mp4", binary("video/mp4")},
    {"mpeg", binary("video/mpeg")},
    {"ndjson", code("json", "application/x-ndjson")},
    {"nix", code("nix")},
    {"o", binary()},
    {"odt", binary("application/vnd.oasis.opendocument.text")},
    {"ogg", binary("audio/ogg")},
    {"orc", binary()},
    {"otf", binary("font/otf")},
    {"parquet", binary("application/vnd.apache.parquet")},
    {"patch", code("diff")},
    {"pdf", binary("application/pdf")},
    {"php", code("php")},
    {"pickle", binary()},
    {"pl", code("perl")},
    {"pm", code("perl")},
    {"png", binary("image/png")},
    {"ppt", binary("application/vnd.ms-powerpoint")},
    {"pptx", binary("application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    {"properties", code("ini")},
    {"proto", code("protobuf")},
    {"ps1", code("powershell")},
    {"psd", binary()},
    {"py", code("python")},
    {"pyc", binary()},
    {"pyi", code("python")},
    {"r", code("r")},
    {"rar", binary()},
    {"rb", code("ruby")},
    {"rpm", binary()},
    {"rs", code("rust")},
    {"rst", {FileKind::kPlain, {}, "text/x-rst"}},
    {"rtf", binary("application/rtf")},
    {"sass", code("sass")},
    {"scala", code("scala")},
    {"scss", code("scss")},
    {"sh", code("bash")},
    {"so", binary()},
    {"sql", code("sql", "application/sql")},
    {"sqlite", binary()},
    {"svelte", code("svelte")},
    {"svg", code("xml", "image/svg+xml")},
    {"swift", code("swift")},
    {"tar", binary("application/x-tar")},
    {"tex", code("latex")},
    {"tf", code("hcl")},
    {"tgz", binary("application/gzip")},
    {"tif", binary("image/tiff")},
    {"tiff", binary("image/tiff")},
    {"toml", code("toml", "application/toml")},
    {"ts", code("typescript")},
    {"tsv", {FileKind::kTable, "tsv", "text/tab-separated-values"}},
    {"tsx", code("tsx")},
    {"ttf", binary("font/ttf")},
    {"txt", {FileKind::kPlain, {}, "text/plain"}},
    {"vb", code("vb")},
    {"vue", code("vue")},
    {"wasm", binary("application/wasm")},
    {"wav", binary("audio/wav")},
    {"webm", binary("video/webm")},
    {"webp", binary("image/webp")},
    {"whl", binary()},
    {"woff", binary("font/woff")},
    {"woff2", binary("font/woff2")},
    {"xhtml", {FileKind::kHtml, {}, "application/xhtml+xml"}},
    {"xls", binary("application/vnd.ms-excel")},
    {"xlsx", binary("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
    {"xml", code("xml", "application/xml")},
    {"xsd", code("xml", "application/xml")},
    {"xsl", code("xml", "application/xml")},
    {"xz", binary()},
    {"yaml", code("yaml", "application/yaml")},
    {"yml", code("yaml", "application/yaml")},
    {"zig", code("zig")},
    {"zip", binary("application/zip")},
    {"zsh", code("zsh")},
    {"zst", binary()},
});

// Files that are known by their whole names, in lower case.
constexpr auto kNames = std::to_array<Named>({
    {"cmakelists.txt", code("cmake")},
    {"containerfile", code("dockerfile")},
    {"dockerfile", code("dockerfile")},
    {"gemfile", code("ruby")},
    {"jenkinsfile", code("groovy")},
    {"license", {FileKind::kPlain, {}, "text/plain"}},
    {"makefile", code("makefile")},
    {"rakefile", code("ruby")},
    {"readme", {FileKind::kPlain, {}, "text/plain"}},
    {"requirements.txt", code("text", "text/plain")},
});

constexpr auto kMediaTypes = std::to_array<Named>({
    {"application/ecmascript", code("javascript")},
    {"application/javascript", code("javascript")},
    {"application/json", code("json")},
    {"application/msword", binary()},
    {"application/pdf", binary()},
    {"application/rtf", binary()},
    {"application/sql", code("sql")},
    {"application/toml", code("toml")},
    {"application/x-ndjson", code("json")},
    {"application/x-sh", code("bash")},
    {"application/x-yaml", code("yaml")},
    {"application/xhtml+xml", {FileKind::kHtml}},
    {"application/xml", code("xml")},
    {"application/yaml", code("yaml")},
    {"application/zip", binary()},
    {"image/svg+xml", code("xml")},
    {"text/css", code("css")},
    {"text/csv", {FileKind::kTable, "csv"}},
    {"text/html", {FileKind::kHtml}},
    {"text/javascript", code("javascript")},
    {"text/markdown", {FileKind::kMarkdown}},
    {"text/plain", {FileKind::kPlain}},
    {"text/tab-separated-values", {FileKind::kTable, "tsv"}},
    {"text/x-c", code("c")},
    {"text/x-c++", code("cpp")},
    {"text/x-java", code("java")},
    {"text/x-markdown", {FileKind::kMarkdown}},
    {"text/x-python", code("python")},
    {"text/x-shellscript", code("bash")},
    {"text/x-yaml", code("yaml")},
    {"text/xml", code("xml")},
    {"text/yaml", code("yaml")},
});

template <size_t kSize>
FileType find(const std::array<Named, kSize>& table, std::string_view name) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const Named& entry, std::string_view key) { return entry.name < key; });
  return found != table.end() && found->name == name ? found->type : FileType{};
}

constexpr auto by_name = [](const Named& a, const Named& b) { return a.name < b.name; };
static_assert(std::is_sorted(kExtensions.begin(), kExtensions.end(), by_name));
static_assert(std::is_sorted(kNames.begin(), kNames.end(), by_name));
static_assert(std::is_sorted(kMediaTypes.begin(), kMediaTypes.end(), by_name));

// But those that texts have: tabs, ends of lines and pages, and what colours terminals.
constexpr auto kIsControl = [](auto b) {
  return ((b < 0x20) & (b != '\t') & (b != '\n') & (b != '\r') & (b != '\f') & (b != '\b') & (b != 0x1B)) |
         (b == 0x7F);
};

} // namespace

FileType type_of_name(std::string_view path) {
  const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
  if (const FileType whole = find(kNames, name); whole.kind != FileKind::kUnknown) return whole;
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? FileType{} : find(kExtensions, std::string_view(name).substr(dot + 1));
}

FileType type_of_media(std::string_view essence) {
  if (const FileType known = find(kMediaTypes, essence); known.kind != FileKind::kUnknown) return known;
  if (essence.ends_with("+json")) return code("json");
  if (essence.ends_with("+xml")) return code("xml");
  if (essence.starts_with("text/")) return {FileKind::kPlain};
  for (const std::string_view family : {"image/", "video/", "audio/", "font/", "application/vnd."}) {
    if (essence.starts_with(family)) return binary();
  }
  return {};
}

FileType type_of_text(std::string_view text) {
  text = trim_ascii(text.substr(0, 1024));
  if (starts_with_ignoring_case(text, "<!doctype html") || starts_with_ignoring_case(text, "<html")) {
    return {FileKind::kHtml, {}, "text/html"};
  }
  if (text.starts_with("<?xml")) return code("xml", "application/xml");
  if (!text.starts_with("#!")) return {FileKind::kPlain, {}, "text/plain"};
  const std::string_view line = text.substr(0, text.find('\n'));
  for (const auto& [interpreter, language] : {std::pair{"python", "python"},
                                              {"bash", "bash"},
                                              {"node", "javascript"},
                                              {"perl", "perl"},
                                              {"ruby", "ruby"},
                                              {"php", "php"},
                                              {"sh", "bash"}}) {
    if (line.find(interpreter) != std::string_view::npos) return code(language);
  }
  return code("text");
}

bool is_text(std::string_view bytes, bool believed) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return bytes.size() % 2 == 0;
  for (const std::string_view mark : {"%PDF-", "{\\rtf", "%!PS-"}) {
    if (bytes.starts_with(mark)) return false;
  }
  const bool has_controls = find_byte(bytes, 0, kIsControl) < bytes.size();
  if (!has_controls && (believed || is_valid_utf8(bytes))) return true;
  size_t controls = 0, high = 0;
  for (const char c : bytes) {
    if (c == '\0') return false;
    if (kIsControl(static_cast<unsigned char>(c))) ++controls;
    if (static_cast<unsigned char>(c) >= 0x80) ++high;
  }
  if (controls * 100 > bytes.size()) return false;
  if (high == 0 || believed || is_valid_utf8(bytes)) return true;
  return high * 10 <= bytes.size() * 3; // some other charset; compressed data has more
}

} // namespace circuit::text
