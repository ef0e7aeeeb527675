"""The parts of the session, in the order they run."""

from . import (
    experiments,
    runs,
    metrics,
    batches,
    inputs,
    artifacts,
    search_runs,
    registry,
    search_registry,
    logged_models,
    models,
    autolog,
    large,
    cli,
    refusals,
)

ALL = (
    experiments, runs, metrics, batches, inputs, artifacts, search_runs, registry,
    search_registry, logged_models, models, autolog, large, cli, refusals,
)
