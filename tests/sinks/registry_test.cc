#include "sinks/registry.h"

#include <gtest/gtest.h>

namespace circuit::sinks {
namespace {

TEST(Registry, MakesEachKindOfSinkUnderTheUriThatWasConfigured) {
  for (const char* uri :
       {"jsonl:-", "jsonl:/tmp/out.jsonl", "jsonl:relative", "grpc:127.0.0.1:50051", "grpc:[::1]:1"}) {
    const auto made = make_sink(uri, {});
    ASSERT_TRUE(made.ok()) << uri << ": " << made.error().to_string();
    EXPECT_EQ((*made)->uri(), uri);
  }
}

TEST(Registry, SaysWhatASinkLooksLike) {
  struct Case {
    const char* uri;
    const char* reason;
  };
  for (const auto& [uri, reason] :
       {Case{"", "SINK_URI_INVALID"}, Case{"out.jsonl", "SINK_URI_INVALID"},
        Case{"jsonl:", "SINK_URI_INVALID"}, Case{"kafka:broker", "SINK_SCHEME_UNKNOWN"},
        Case{"JSONL:x", "SINK_SCHEME_UNKNOWN"}, Case{"grpc://host:1", "SINK_URI_INVALID"},
        Case{"grpc:host", "SINK_ADDRESS_INVALID"}}) {
    const auto made = make_sink(uri, {});
    ASSERT_FALSE(made.ok()) << uri;
    EXPECT_EQ(made.error().cls, ErrorClass::kInvalid) << uri;
    EXPECT_EQ(made.error().reason, reason) << uri;
    EXPECT_NE(made.error().next_step.find("grpc:HOST:PORT"), std::string::npos) << uri;
  }
}

} // namespace
} // namespace circuit::sinks
