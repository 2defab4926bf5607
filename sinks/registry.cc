#include "sinks/registry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sinks/grpc.h"

namespace circuit::sinks {
namespace {

using MakeSink = Result<std::unique_ptr<sync::Sink>> (*)(const std::string& uri, const std::string& target,
                                                         const SinkOptions& options);

Result<std::unique_ptr<sync::Sink>> make_jsonl(const std::string& uri, const std::string& target,
                                               const SinkOptions& options) {
  return make_jsonl_sink(uri, target, options.jsonl);
}

Result<std::unique_ptr<sync::Sink>> make_grpc(const std::string& uri, const std::string& target,
                                              const SinkOptions& options) {
  return make_grpc_sink(uri, target, options.grpc);
}

struct Kind {
  const char* scheme;
  const char* form;
  MakeSink make;
};

// A new sink is a line here.
constexpr std::array kKinds = {
    Kind{"jsonl", "jsonl:PATH or jsonl:- for standard output", &make_jsonl},
    Kind{"grpc", "grpc:HOST:PORT", &make_grpc},
};

std::string all_forms() {
  std::string forms;
  for (const Kind& kind : kKinds) forms += std::string(forms.empty() ? "" : ", ") + kind.form;
  return forms;
}

} // namespace

Result<std::unique_ptr<sync::Sink>> make_sink(const std::string& uri, const SinkOptions& options) {
  const auto colon = uri.find(':');
  if (colon == std::string::npos || colon + 1 == uri.size()) {
    return make_error(ErrorClass::kInvalid, "SINK_URI_INVALID", "\"" + uri + "\" is not a sink",
                      "Write one of: " + all_forms());
  }
  const std::string scheme = uri.substr(0, colon);
  const std::string target = uri.substr(colon + 1);
  const auto kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return scheme == k.scheme; });
  if (kind == kKinds.end()) {
    return make_error(ErrorClass::kInvalid, "SINK_SCHEME_UNKNOWN", "there is no sink \"" + scheme + "\"",
                      "Write one of: " + all_forms())
        .with("scheme", scheme);
  }
  if (target.rfind("//", 0) == 0 && scheme == "grpc") {
    return make_error(ErrorClass::kInvalid, "SINK_URI_INVALID", "\"" + uri + "\" has slashes before the host",
                      "Write " + std::string(kind->form));
  }
  return kind->make(uri, target, options);
}

} // namespace circuit::sinks
