// circuit-feeds normalize rss FILE

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <system_error>

#include "feeds/rss/identity.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/parse.h"
#include "feeds/rss/raw_json.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/runtime/system_loop.h"

namespace circuit::cli {

namespace rss = circuit::feeds::rss;

namespace {

struct NormalizeFlags {
  std::string file;
  std::string content_type;
  std::string url;
  std::string identity;
  bool raw = false;
  bool json = false;
};

Error unreadable(const std::string& file, const std::string& why) {
  return make_error(ErrorClass::kInvalid, "FILE_UNREADABLE", "cannot read " + file + ": " + why,
                    "Give the path of a file that holds the response's body, or - for standard input.");
}

// As much as a worker would take of a response, and one byte more to tell that there is more.
Result<std::string> read_input(const std::string& file) {
  constexpr size_t kLargest = 32u << 20;
  std::string bytes;
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return unreadable(file, std::generic_category().message(errno));
  }
  std::istream& input = file == "-" ? std::cin : opened;
  std::string piece(1 << 16, '\0');
  while (bytes.size() <= kLargest && input) {
    input.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    bytes.append(piece, 0, static_cast<size_t>(input.gcount()));
  }
  if (input.bad() || (input.fail() && !input.eof()))
    return unreadable(file, std::generic_category().message(errno));
  if (bytes.size() > kLargest) {
    return make_error(ErrorClass::kInvalid, "BODY_TOO_LARGE", file + " is larger than 32 MiB",
                      "A worker takes no larger response; cut it to look at its beginning.");
  }
  return bytes;
}

void print_documents(const rss::RawFeed& raw, const NormalizeFlags& flags) {
  rss::NormalizeOptions options;
  options.url = flags.url;
  options.now = machine_now();
  const auto key = flags.identity == "link" ? rss::IdentityKey::kLink : rss::IdentityKey::kGuid;
  for (const auto& item : rss::identify_items(raw, key)) {
    auto document = rss::normalize(raw, item, options);
    document.set_provider("rss");
    print_json(document);
  }
}

int run_rss(const NormalizeFlags& flags) {
  const auto bytes = read_input(flags.file);
  if (!bytes) {
    print_error(bytes.error(), flags.json);
    return kFailed;
  }
  rss::ParseOptions options;
  options.content_type = flags.content_type;
  options.url = flags.url;
  const auto raw = rss::parse_feed(*bytes, options);
  if (!raw) {
    print_error(raw.error(), flags.json);
    return kFailed;
  }
  if (flags.raw)
    std::printf("%s\n", rss::raw_to_json(*raw).c_str());
  else
    print_documents(*raw, flags);
  // The raw form holds them already.
  for (const auto& problem : raw->problems) {
    if (!flags.raw)
      std::fprintf(stderr, "note:  %s [%s]\n", printable(problem.message).c_str(), problem.reason.c_str());
  }
  return std::fflush(stdout) == 0 ? kDone : kFailed;
}

} // namespace

void add_normalize(Command& parent) {
  auto normalize =
      parent.command("normalize", "Shows what documents one raw response yields, without any state.");
  const auto flags = std::make_shared<NormalizeFlags>();
  normalize.command("rss", "Of a web feed.")
      .argument("file", flags->file, "The response's body, or - for standard input.")
      .text("--content-type", flags->content_type, "TYPE",
            "The response's Content-Type, such as 'text/xml; charset=utf-8'.")
      .text("--url", flags->url, "URL", "Where it came from: what its relative links are relative to.")
      .choice("--identity", flags->identity, {"guid", "link"},
              "What identifies an item, guid (default) or link.")
      .flag("--raw", flags->raw, "Print the parsed feed before it becomes documents, as one JSON object.")
      .flag("--json", flags->json, "Print errors as JSON, too.")
      .epilogue(
          "  curl -s https://example.org/feed.xml | circuit-feeds normalize rss - --url "
          "https://example.org/feed.xml")
      .action([flags] { return run_rss(*flags); });
}

} // namespace circuit::cli
