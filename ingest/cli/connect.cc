// circuit-feeds connect PROVIDER

#include <unistd.h>

#include <memory>

#include "ingest/accounts/confidential.h"
#include "ingest/cli/browser.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/redirect_receiver.h"
#include "ingest/cli/secret_input.h"
#include "ingest/cli/selection.h"
#include "ingest/cli/session.h"
#include "ingest/cli/show_connection.h"

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;

namespace {

constexpr char kOAuth[] = "oauth2"; // the one method for which a person goes to the provider's page

struct ConnectFlags {
  ConnectionOptions connection;
  std::string provider, name, method;
  std::vector<std::string> parameters, capabilities, labels, scopes;
  SecretSources secrets;
  std::optional<Duration> timeout;
  bool no_check = false, no_browser = false;

  bool json() const { return connection.json; }
};

int report(const Error& error, const ConnectFlags& flags) {
  print_error(error, flags.json());
  return exit_code_of(error);
}

Result<void> put_pairs(const char* flag, const char* reason, const std::vector<std::string>& pairs,
                       google::protobuf::Map<std::string, std::string>& to) {
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return make_error(ErrorClass::kInvalid, reason,
                        std::string(flag) + " " + pair + " has no name and value",
                        std::string("Write ") + flag + " NAME=VALUE.");
    }
    to[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return {};
}

Result<v1::Connection> wanted(const ConnectFlags& flags) {
  v1::Connection connection;
  if (!flags.name.empty()) connection.set_name(resource_name("connections", flags.name));
  connection.set_provider(flags.provider);
  connection.set_method(flags.method);
  for (const auto& capability : flags.capabilities) connection.add_capabilities(capability);
  auto put = put_pairs("--param", "PARAMETER_MALFORMED", flags.parameters, *connection.mutable_parameters());
  if (put) put = put_pairs("--label", "LABEL_MALFORMED", flags.labels, *connection.mutable_labels());
  if (!put) return std::move(put).error();
  return connection;
}

Result<v1::AuthorizationMethod> find_method(const v1::Provider& provider, const std::string& name) {
  std::string names;
  for (const auto& method : provider.methods()) {
    if (name.empty() || method.name() == name) return method;
    names += (names.empty() ? "" : ", ") + method.name();
  }
  if (provider.methods().empty()) {
    return make_error(ErrorClass::kInvalid, "NOTHING_TO_CONNECT",
                      provider.display_name() + " is read without an account",
                      "Make a feed of it right away: circuit-feeds feeds create.");
  }
  return make_error(ErrorClass::kInvalid, "METHOD_UNKNOWN",
                    provider.display_name() + " has no method \"" + name.substr(0, 60) + "\"",
                    "Use one of: " + names + ".");
}

void send_to_browser(const v1::StartAuthorizationResponse& started, const ConnectFlags& flags) {
  if (flags.json()) print_json(started);
  const bool opened = !flags.no_browser && has_browser() && open_browser(started.authorization_url());
  std::fprintf(stderr, "%s\n\n  %s\n\nWaiting until the browser comes back...\n",
               opened ? "Your browser shows the provider's page. If it does not, open:"
                      : "Open this address in a browser on this machine:",
               started.authorization_url().c_str());
  std::fflush(stdout);
  std::fflush(stderr);
}

Task<int> connect_in_browser(Session& session, const ConnectFlags& flags,
                             v1::StartAuthorizationRequest request) {
  constexpr Duration kPatience = std::chrono::minutes(10);
  const accounts::WipeAtEnd wipe(request);
  auto receiver = RedirectReceiver::open(session.loop);
  if (!receiver) co_return report(receiver.error(), flags);
  RedirectReceiver& redirect = **receiver;
  request.set_redirect_uri(redirect.redirect_uri());
  for (const auto& scope : flags.scopes) request.add_additional_scopes(scope);
  auto starting = session.control.start_authorization(std::move(request));
  const auto started = co_await std::move(starting);
  if (!started) co_return report(started.error(), flags);
  send_to_browser(*started, flags);

  auto receiving = redirect.receive(flags.timeout.value_or(kPatience));
  auto came_to = co_await std::move(receiving);
  if (!came_to) co_return report(came_to.error(), flags);
  v1::FinishAuthorizationRequest finish;
  const accounts::WipeAtEnd wipe_code(finish);
  finish.mutable_redirect_url()->swap(*came_to);
  auto finishing = session.control.finish_authorization(std::move(finish));
  const auto connection = co_await std::move(finishing);
  if (!connection) {
    co_await redirect.answer_failure(connection.error());
    co_return report(connection.error(), flags);
  }
  co_await redirect.answer_success(connection->account());
  show_connection(*connection, flags.json());
  co_return kDone;
}

Task<int> connect_with_secrets(Session& session, const ConnectFlags& flags,
                               v1::CreateConnectionRequest request) {
  const accounts::WipeAtEnd wipe(request);
  request.set_no_check(flags.no_check);
  auto creating = session.control.create_connection(std::move(request));
  const auto connection = co_await std::move(creating);
  if (!connection) co_return report(connection.error(), flags);
  show_connection(*connection, flags.json());
  co_return kDone;
}

Task<int> connect(Session& session, const ConnectFlags& flags) {
  auto settings = wanted(flags);
  if (!settings) co_return report(settings.error(), flags);
  v1::GetProviderRequest get;
  get.set_name(flags.provider);
  auto getting = session.control.get_provider(std::move(get));
  const auto provider = co_await std::move(getting);
  if (!provider) co_return report(provider.error(), flags);
  const auto method = find_method(*provider, flags.method);
  if (!method) co_return report(method.error(), flags);
  settings->set_method(method->name());
  if (method->name() == kOAuth) {
    v1::StartAuthorizationRequest request;
    if (const auto read = read_secrets(flags.secrets, *method, *request.mutable_secrets()); !read)
      co_return report(read.error(), flags);
    *request.mutable_connection() = *std::move(settings);
    auto connecting = connect_in_browser(session, flags, std::move(request));
    co_return co_await std::move(connecting);
  }
  v1::CreateConnectionRequest request;
  if (const auto read = read_secrets(flags.secrets, *method, *request.mutable_secrets()); !read)
    co_return report(read.error(), flags);
  *request.mutable_connection() = *std::move(settings);
  auto connecting = connect_with_secrets(session, flags, std::move(request));
  co_return co_await std::move(connecting);
}

int run_connect(const ConnectFlags& flags) {
  // Before anything else: the sooner it is said, the better.
  if (!flags.secrets.refused.empty()) {
    v1::ConnectionSecrets none;
    return report(read_secrets(flags.secrets, {}, none).error(), flags);
  }
  SessionOptions options;
  options.connection = flags.connection;
  return run_session(options, [&](Session& session) { return connect(session, flags); });
}

} // namespace

void add_connect(Command& parent) {
  const auto flags = std::make_shared<ConnectFlags>();
  auto command =
      parent.command("connect", "Connects an account at a provider, in the browser or with a key.");
  command.argument("provider", flags->provider, "The provider, such as github; `providers` lists them.")
      .text("--name", flags->name, "NAME", "The connection's name; made where none is given.")
      .text("--method", flags->method, "METHOD", "How to authorize it. Default: the provider's first.")
      .texts("--param", flags->parameters, "NAME=VALUE", "What the method asks for and is no secret.")
      .texts("--capability", flags->capabilities, "NAME", "What it is to be able to do; decides the scopes.")
      .texts("--scope", flags->scopes, "SCOPE", "A scope besides those of the capabilities.")
      .texts("--label", flags->labels, "KEY=VALUE", "A label of yours; may be given several times.")
      .text("--token-file", flags->secrets.token_file, "FILE", "Read the token or key from this file.")
      .flag("--token-stdin", flags->secrets.token_stdin, "Read it from stdin; asked for at a terminal.")
      .texts("--secret", flags->secrets.named, "NAME=@FILE", "A secret by its name, from a file.")
      .text("--token", flags->secrets.refused, "SECRET",
            "Refused: others can read the command line. Use one of the three above.")
      .flag("--no-check", flags->no_check, "Store a key without asking the provider whether it works.")
      .flag("--no-browser", flags->no_browser, "Print the address alone, and open no browser.")
      .duration("--timeout", flags->timeout, "How long to wait for the browser. Default: 10m.")
      .exclusive("--token-file", "--token-stdin");
  add_connection_flags(command, flags->connection);
  command
      .epilogue(
          "With OAuth the provider's page leads back to a free port of 127.0.0.1 on this machine.\n"
          "Connecting again under the same name authorizes that connection anew.")
      .action([flags] { return run_connect(*flags); });
}

} // namespace circuit::cli
