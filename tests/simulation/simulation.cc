#include "tests/simulation/simulation.h"

#include "tests/simulation/finale.h"

namespace circuit::simulation {

Outcome simulate(uint64_t seed, std::FILE* out) {
  const Scenario scenario = draw_scenario(seed);
  Trace trace(out);
  Worker worker(scenario, trace);
  try {
    worker.boot();
    Orchestrator orchestrator(scenario, worker);
    orchestrator.run();
    Finale finale(scenario, worker, orchestrator);
    finale.run();
    worker.stop();
  } catch (const std::exception& error) {
    worker.oracle().violated(std::string("an exception: ") + error.what());
  }
  Outcome outcome;
  outcome.seed = seed;
  outcome.violations = worker.oracle().violations();
  outcome.trace_hash = trace.hash();
  outcome.trace_lines = trace.lines();
  outcome.requests = worker.requests();
  outcome.crashes = worker.crashes();
  outcome.steps = worker.steps();
  return outcome;
}

} // namespace circuit::simulation
