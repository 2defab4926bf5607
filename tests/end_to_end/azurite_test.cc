// The feed of Azure Blob Storage, its signatures and the real HTTP layers against Azurite, Microsoft's
// emulator: somebody else's reading of the same reference. Containers and blobs are made by requests that the
// test signs itself. Skipped aloud where node or the package is missing (tests/run installs it).

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/provider.h"
#include "feeds/azure_blob/shared_key.h"
#include "feeds/azure_blob/signer.h"
#include "ingest/http/curl_transport.h"
#include "ingest/http/stack.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/state/memory_store.h"
#include "ingest/state/records.h"
#include "ingest/sync/engine.h"
#include "tests/ingest/cli/process.h"
#include "tests/ingest/sync/receiver.h"

namespace circuit::end_to_end {
namespace {

namespace v1 = circuit::feeds::v1;
namespace azure = circuit::feeds::azure_blob;

// Published with the emulator ("Use the Azurite emulator for local Azure Storage development").
constexpr const char* kAccount = "devstoreaccount1";
constexpr const char* kKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const std::string kScript = std::string(AZURITE_FOLDER) + "/node_modules/azurite/dist/src/blob/main.js";

// One emulator for the program, with an empty account at the start of each test.
class Emulator {
 public:
  static Emulator& instance() {
    static Emulator emulator;
    return emulator;
  }
  bool installed() const {
    return std::filesystem::exists(kScript) && std::filesystem::exists("/usr/bin/node");
  }
  const std::string& url() const { return url_; } // empty: it does not run

 private:
  Emulator() {
    if (!installed()) return;
    process_ = std::make_unique<testing::Process>(
        "/usr/bin/env",
        std::vector<std::string>{"node", kScript, "--blobPort", "0", "--inMemoryPersistence", "--silent"});
    const std::string listens = "successfully listens on ";
    if (!process_->wait_for_output(listens, std::chrono::seconds(60))) return;
    process_->wait_for_output("\n", std::chrono::seconds(1));
    const std::string& out = process_->out();
    const size_t begin = out.find(listens) + listens.size();
    url_ = out.substr(begin, out.find_first_of(" \r\n", begin) - begin) + "/" + kAccount;
  }
  std::unique_ptr<testing::Process> process_;
  std::string url_;
};

class Azurite : public ::testing::Test, public http::Authorizer, public sync::EngineObserver {
 protected:
  void SetUp() override {
    if (!Emulator::instance().installed()) GTEST_SKIP() << "no node, or no Azurite at " << kScript;
    ASSERT_FALSE(Emulator::instance().url().empty()) << "Azurite does not start";
    static int tests = 0;
    prefix_ = "t" + std::to_string(++tests) + "-";
    credential_.secrets.emplace("key", credentials::Secret(kKey));
    http::TransportOptions wire_options;
    wire_options.proxy = "";
    auto wire = http::CurlTransport::create(loop_, wire_options);
    ASSERT_TRUE(wire.ok());
    http_ = std::make_unique<http::HttpStack>(*std::move(wire), loop_.clock(), random_, http::StackOptions{});
    http_->auth().use(*this);
    azure::AzureBlobOptions options;
    options.page_size = 10;
    v1::Provider description;
    description.set_name("azure-blob");
    provider_ = std::make_unique<azure::AzureBlobProvider>(description, options);
    store_ = std::make_unique<state::MemoryStore>(disk_, loop_, random_);
    put_connection();
    const auto make_sink = [this](const std::string&) -> Result<std::unique_ptr<sync::Sink>> {
      return sync::testing::make_receiver_sink(receiver_, loop_.clock(), power_);
    };
    sync::EngineOptions engine_options;
    engine_options.default_sink = "test:";
    engine_ = std::make_unique<sync::Engine>(
        sync::EngineSeams{loop_, random_, *store_, *http_, {provider_.get()}, make_sink, *this},
        engine_options);
    ASSERT_TRUE(run(engine_->start()).ok());
  }
  void TearDown() override {
    if (!engine_) return;
    run(engine_->stop());
    engine_.reset();
  }

  // Authorizer.
  Task<Result<int64_t>> authorize(http::Request& request) override {
    auto done = azure::authorize(request, connection_, credential_, loop_.clock().now());
    if (!done) co_return std::move(done).error();
    request.address_policy = http::AddressPolicy::kAnyAddress;
    co_return int64_t{1};
  }
  Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }
  // EngineObserver.
  void warning(const Error& error) override { ADD_FAILURE() << error.to_string(); }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    const auto keep = [](Task<T> of, std::optional<T>* to) -> Task<void> {
      to->emplace(co_await std::move(of));
    };
    bool ended = false;
    boost::asio::co_spawn(loop_.executor(), keep(std::move(task), &out),
                          [&](std::exception_ptr) { ended = true; });
    loop_.run_while([&] { return !ended; });
    return std::move(*out);
  }
  void run(Task<void> task) {
    bool ended = false;
    boost::asio::co_spawn(loop_.executor(), std::move(task), [&](std::exception_ptr) { ended = true; });
    loop_.run_while([&] { return !ended; });
  }

  void put_connection() {
    connection_.set_name("connections/azurite");
    connection_.set_provider("azure-blob");
    connection_.set_method("shared-key");
    (*connection_.mutable_parameters())["account"] = kAccount;
    (*connection_.mutable_parameters())["base_url"] = Emulator::instance().url();
    circuit::feeds::state::v1::ConnectionRecord record;
    *record.mutable_settings() = connection_;
    state::Batch batch;
    state::put_record(batch, state::connection_key(connection_.name()), record);
    ASSERT_TRUE(run(store_->commit(std::move(batch))).ok());
  }

  int send(const std::string& method, const std::string& path, std::string body = "",
           const std::map<std::string, std::string>& headers = {}) {
    http::Request request;
    request.method = method;
    request.url = Emulator::instance().url() + "/" + path;
    request.address_policy = http::AddressPolicy::kAnyAddress;
    request.connection = connection_.name();
    request.body = std::move(body);
    // libcurl gives a request with a body a type of its own, which would not be signed.
    if (method == "PUT") request.headers.set("Content-Type", "text/plain");
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    const auto response = run(http_->send(std::move(request)));
    EXPECT_TRUE(response.ok()) << response.error().to_string();
    return response ? response->status : 0;
  }
  std::string container(const std::string& name) const { return prefix_ + name; }
  void make_container(const std::string& name) {
    ASSERT_EQ(send("PUT", container(name) + "?restype=container"), 201);
  }
  void put(const std::string& in, const std::string& encoded_name, const std::string& text,
           std::map<std::string, std::string> headers = {}) {
    headers["x-ms-blob-type"] = "BlockBlob";
    ASSERT_EQ(send("PUT", container(in) + "/" + encoded_name, text, headers), 201) << encoded_name;
  }
  void erase(const std::string& in, const std::string& encoded_name) {
    ASSERT_EQ(send("DELETE", container(in) + "/" + encoded_name), 202);
  }

  v1::Feed feed(const std::vector<std::string>& containers) {
    v1::Feed feed;
    feed.set_provider("azure-blob");
    feed.set_connection(connection_.name());
    feed.mutable_azure_blob();
    for (const auto& name : containers) feed.mutable_azure_blob()->add_containers(container(name));
    return feed;
  }
  v1::Sync sync(const v1::Feed& feed) {
    v1::StartSyncRequest request;
    *request.mutable_inline_feed() = feed;
    const auto started = run(engine_->start_sync(std::move(request)));
    EXPECT_TRUE(started.ok()) << started.error().to_string();
    v1::Sync seen;
    while (started && seen.state() < v1::Sync::SUCCEEDED) {
      auto next = run(engine_->next_update(started->name(), seen));
      if (!next) break;
      seen = *std::move(next);
    }
    return seen;
  }
  std::string text_of(const std::string& in, const std::string& name) {
    const auto texts = receiver_.texts();
    const auto found = texts.find(container(in) + "/" + name);
    return found == texts.end() ? "(not delivered)" : found->second;
  }

  SystemLoop loop_;
  SystemRandom random_;
  state::MemoryDisk disk_;
  sync::testing::Receiver receiver_;
  bool power_ = true;
  std::string prefix_;
  v1::Connection connection_;
  credentials::Credential credential_;
  std::unique_ptr<state::MemoryStore> store_;
  std::unique_ptr<http::HttpStack> http_;
  std::unique_ptr<azure::AzureBlobProvider> provider_;
  std::unique_ptr<sync::Engine> engine_;
};

TEST_F(Azurite, AContainerIsReadAndThenWhatHasChanged) {
  make_container("docs");
  for (int i = 0; i < 25; ++i)
    put("docs", "n" + std::to_string(100 + i) + ".txt", "text " + std::to_string(i));
  put("docs", "a%20folder/%C3%A4%20%2B%26%23%25.txt", "an odd name");
  v1::Sync done = sync(feed({"docs"}));
  ASSERT_EQ(done.state(), v1::Sync::SUCCEEDED) << done.error().DebugString();
  EXPECT_TRUE(done.complete()) << done.incomplete_reason();
  EXPECT_EQ(done.counts().delivered(), 26);
  EXPECT_EQ(text_of("docs", "n110.txt"), "text 10");
  EXPECT_EQ(text_of("docs", "a folder/\xC3\xA4 +&#%.txt"), "an odd name");

  done = sync(feed({"docs"}));
  EXPECT_EQ(done.counts().delivered(), 0);
  EXPECT_EQ(done.counts().unchanged(), 26);
  EXPECT_EQ(done.counts().requests(), 3) << "pages of ten";

  put("docs", "n110.txt", "edited");
  erase("docs", "n111.txt");
  put("docs", "new.txt", "new");
  done = sync(feed({"docs"}));
  EXPECT_EQ(done.counts().delivered(), 2);
  EXPECT_EQ(done.counts().removed(), 1);
  EXPECT_EQ(text_of("docs", "n110.txt"), "edited");
  EXPECT_EQ(text_of("docs", "n111.txt"), "(not delivered)");
}

TEST_F(Azurite, PrefixesAndMetadataAreAsTheyAreSet) {
  make_container("docs");
  put("docs", "in/a.txt", "a", {{"x-ms-meta-owner", "Ann"}});
  put("docs", "in/b.txt", "b");
  put("docs", "out/c.txt", "c");
  v1::Feed some = feed({"docs"});
  some.mutable_azure_blob()->add_prefixes("in/");
  const v1::Sync done = sync(some);
  EXPECT_EQ(done.counts().delivered(), 2) << done.DebugString();
  EXPECT_EQ(text_of("docs", "out/c.txt"), "(not delivered)");
  for (const auto& [id, document] : receiver_.documents) {
    if (id.second == container("docs") + "/in/a.txt") {
      EXPECT_EQ(document.metadata().at("azure.meta.owner"), "Ann");
    }
  }
}

TEST_F(Azurite, AllContainersOfTheAccountAreFound) {
  make_container("one");
  make_container("two");
  put("one", "x.txt", "first");
  put("two", "x.txt", "second");
  const v1::Sync done = sync(feed({}));
  ASSERT_EQ(done.state(), v1::Sync::SUCCEEDED) << done.error().DebugString();
  EXPECT_EQ(text_of("one", "x.txt"), "first");
  EXPECT_EQ(text_of("two", "x.txt"), "second");
}

TEST_F(Azurite, ALargeBlobIsReadInRanges) {
  make_container("docs");
  std::string large;
  for (int i = 0; large.size() < (10u << 20); ++i) large += "line " + std::to_string(i) + "\n";
  put("docs", "large.txt", large);
  const v1::Sync done = sync(feed({"docs"}));
  ASSERT_EQ(done.state(), v1::Sync::SUCCEEDED) << done.error().DebugString();
  EXPECT_TRUE(text_of("docs", "large.txt").starts_with("line 0"));
  EXPECT_EQ(done.counts().requests(), 1 + 3) << "ranges of 4 MiB";
}

TEST_F(Azurite, OriginalsArriveByteForByte) {
  make_container("docs");
  std::string binary(9 << 20, '\0');
  for (size_t i = 0; i < binary.size(); i += 97) binary[i] = static_cast<char>(i);
  put("docs", "data.bin", binary, {{"x-ms-blob-content-type", "application/octet-stream"}});
  v1::Feed raw = feed({"docs"});
  raw.set_content(v1::CONTENT_RAW);
  const v1::Sync done = sync(raw);
  ASSERT_EQ(done.state(), v1::Sync::SUCCEEDED) << done.error().DebugString();
  ASSERT_EQ(receiver_.originals.size(), 1u);
  EXPECT_TRUE(receiver_.originals.begin()->second == binary);
}

class OneApi final : public sync::Api {
 public:
  OneApi(http::HttpTransport& http, std::string connection)
      : http_(http), connection_(std::move(connection)) {}
  Task<Result<http::Response>> fetch(http::Request request) override {
    request.connection = connection_;
    co_return co_await http_.send(std::move(request));
  }

 private:
  http::HttpTransport& http_;
  std::string connection_;
};

TEST_F(Azurite, WhatIsRefusedIsUnderstood) {
  make_container("docs");
  put("docs", "a.txt", "before");
  OneApi api(*http_, connection_.name());
  azure::Client client(Emulator::instance().url());
  azure::Listing listing;
  listing.container = container("docs");
  listing.include = "metadata";
  const auto page = run(client.blobs(api, listing));
  ASSERT_TRUE(page.ok()) << page.error().to_string();
  ASSERT_EQ(page->blobs.size(), 1u);
  const azure::Blob listed = page->blobs[0];
  const auto content = run(client.content(api, container("docs"), listed, std::nullopt));
  ASSERT_TRUE(content.ok()) << content.error().to_string();
  EXPECT_EQ(*content, "before");
  const auto range = run(client.content(api, container("docs"), listed, azure::ByteRange{2, 3}));
  ASSERT_TRUE(range.ok()) << range.error().to_string();
  EXPECT_EQ(*range, "for");

  put("docs", "a.txt", "after!");
  EXPECT_EQ(run(client.content(api, container("docs"), listed, std::nullopt)).error().reason,
            "AZURE_BLOB_CHANGED");
  EXPECT_EQ(run(client.content(api, container("docs"), listed, azure::ByteRange{2, 3})).error().reason,
            "AZURE_BLOB_CHANGED");
  // A condition on what is not there does not hold; the feed finds out by listing it again.
  erase("docs", "a.txt");
  EXPECT_EQ(run(client.content(api, container("docs"), listed, std::nullopt)).error().reason,
            "AZURE_BLOB_CHANGED");
  listing.container = container("missing");
  EXPECT_EQ(run(client.blobs(api, listing)).error().reason, "AZURE_CONTAINER_NOT_FOUND");
  credential_.secrets.clear();
  credential_.secrets.emplace("key", credentials::Secret("bm90IHRoZSBrZXk="));
  // The service says AuthenticationFailed where the emulator says AuthorizationFailure.
  EXPECT_EQ(run(client.blobs(api, listing)).error().cls, ErrorClass::kPermission);
}

// "Create an account SAS": string-to-sign of version 2020-12-06 and later.
std::string account_sas(const std::string& permissions) {
  const std::string expiry = "2099-01-01T00:00:00Z", version = "2021-12-02";
  const std::string text = std::string(kAccount) + "\n" + permissions + "\nb\nsco\n\n" + expiry +
                           "\n\nhttps,http\n" + version + "\n\n";
  std::string signature = *azure::signature(text, kKey);
  std::string encoded;
  for (const char c : signature)
    encoded += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
  return "sv=" + version + "&ss=b&srt=sco&sp=" + permissions + "&se=" + expiry +
         "&spr=https,http&sig=" + encoded;
}

TEST_F(Azurite, ASharedAccessSignatureReadsAsAKeyDoes) {
  make_container("docs");
  put("docs", "a.txt", "by signature");
  connection_.set_method("sas");
  credential_.secrets.clear();
  credential_.secrets.emplace("sas", credentials::Secret(account_sas("rl")));
  v1::Sync done = sync(feed({"docs"}));
  ASSERT_EQ(done.state(), v1::Sync::SUCCEEDED) << done.error().DebugString();
  EXPECT_EQ(text_of("docs", "a.txt"), "by signature");
  credential_.secrets.clear();
  credential_.secrets.emplace("sas", credentials::Secret(account_sas("w")));
  done = sync(feed({"docs"}));
  EXPECT_EQ(done.error().error_class(), "PERMISSION") << done.error().DebugString();
}

} // namespace
} // namespace circuit::end_to_end
