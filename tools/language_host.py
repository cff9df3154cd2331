"""The Python language host for a Pulumi engine that was built from its Go modules.

Pulumi's own host is not among the modules that are served, so this one stands beside the built CLI as
``pulumi-language-python``. An installed Pulumi brings its own and never sees this file.

Started with the path of the SDK's program executor and the address of the engine, it prints the port on
which it speaks ``LanguageRuntime``. Dependencies are not its business: programs and plugins run in the
virtual environment that their project names, else in the one this host runs in.
"""
# ruff: noqa: N802, ARG002 - gRPC names the methods and says what they take

import asyncio
import json
import os
import platform
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as wire
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer, add_LanguageRuntimeServicer_to_server
from pulumi.runtime.proto.plugin_pb2 import PluginInfo

Context = grpc.aio.ServicerContext[Any, Any]

EXIT_AFTER_MESSAGE = 32
"""How the executor says that the user has been told already."""

SECONDS_TO_END = 2.0
"""What a child gets between the request to end and the kill. The engine gives this host 5 seconds."""


class LanguageHost(LanguageRuntimeServicer):
    """Runs Python programs, component plugins and policy packs; one child process for each."""

    def __init__(self, executor: Path, engine_address: str) -> None:
        self.executor = executor
        self.engine_address = engine_address
        self.children: set[Process] = set()

    async def Handshake(
        self, request: wire.LanguageHandshakeRequest, context: Context
    ) -> wire.LanguageHandshakeResponse:
        self.engine_address = request.engine_address
        return wire.LanguageHandshakeResponse()

    async def GetPluginInfo(self, request: Empty, context: Context) -> PluginInfo:
        return PluginInfo()

    async def GetRequiredPackages(
        self, request: wire.GetRequiredPackagesRequest, context: Context
    ) -> wire.GetRequiredPackagesResponse:
        """None: the engine looks for a package's plugin when the program first uses it."""
        return wire.GetRequiredPackagesResponse()

    async def GetRequiredPlugins(
        self, request: wire.GetRequiredPluginsRequest, context: Context
    ) -> wire.GetRequiredPluginsResponse:
        return wire.GetRequiredPluginsResponse()

    async def About(self, request: wire.AboutRequest, context: Context) -> wire.AboutResponse:
        return wire.AboutResponse(executable=sys.executable, version=platform.python_version())

    async def InstallDependencies(  # type: ignore[override] # as in RunPlugin
        self, request: wire.InstallDependenciesRequest, context: Context
    ) -> None:
        """Installs nothing and says nothing: commands whose output is read by machines come through here."""

    async def Run(self, request: wire.RunRequest, context: Context) -> wire.RunResponse:
        """Runs the program to its end. It prints to this host's own stdout and stderr, which the engine shows."""
        python = await python_of(request.info, context)
        command = [python, "-u", str(self.executor), *executor_arguments(request, self.engine_address)]
        async with self.child(command, request.pwd, os.environ | configuration(request)) as program:
            code = await program.wait()
        if code == EXIT_AFTER_MESSAGE:
            return wire.RunResponse(bail=True)
        return wire.RunResponse(error="" if code == 0 else f"Program {ending(code)}")

    async def RunPlugin(  # type: ignore[override] # grpc.aio takes a coroutine that writes, too
        self, request: wire.RunPluginRequest, context: Context
    ) -> None:
        """Runs a plugin to its end and hands its output on as it comes; the exit code is the last message."""
        command = [await python_of(request.info, context), "-u", *plugin_arguments(request)]
        environment = dict(entry.split("=", 1) for entry in request.env)
        writing = asyncio.Lock()

        async def hand_on(stream: asyncio.StreamReader | None, message: Callable[[bytes], object]) -> None:
            while stream and (chunk := await stream.read(65536)):
                async with writing:
                    await context.write(message(chunk))

        async with self.child(command, request.pwd, environment, output=PIPE) as plugin:
            await asyncio.gather(
                hand_on(plugin.stdout, lambda chunk: wire.RunPluginResponse(stdout=chunk)),
                hand_on(plugin.stderr, lambda chunk: wire.RunPluginResponse(stderr=chunk)),
            )
            await context.write(wire.RunPluginResponse(exitcode=await plugin.wait()))

    async def Cancel(self, request: Empty, context: Context) -> Empty:
        await self.end_children()
        return Empty()

    @asynccontextmanager
    async def child(
        self, command: list[str], directory: str, environment: Mapping[str, str], output: int | None = None
    ) -> AsyncIterator[Process]:
        """A child process that does not outlive the block, however the block is left."""
        process = await asyncio.create_subprocess_exec(
            *command, cwd=directory, env=environment, stdin=DEVNULL, stdout=output, stderr=output
        )
        self.children.add(process)
        try:
            yield process
        finally:
            await end(process)
            self.children.discard(process)

    async def end_children(self) -> None:
        await asyncio.gather(*(end(process) for process in self.children))


async def python_of(info: wire.ProgramInfo, context: Context) -> str:
    """The interpreter of the project's ``virtualenv`` option, else this host's own."""
    option = dict(info.options).get("virtualenv")
    if not option:
        return sys.executable
    python = Path(info.root_directory, str(option), "bin", "python")
    if not python.exists():
        missing = f"`virtualenv` is {option}, but there is no {python}. Make it, or remove the option."
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, missing)
    return str(python)


def executor_arguments(request: wire.RunRequest, engine_address: str) -> list[str]:
    options = {
        "monitor": request.monitor_address,
        "engine": engine_address,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
    }
    flags = [f"--{name}={value}" for name, value in options.items() if value]
    return [*flags, request.info.entry_point or ".", *request.args]


def configuration(request: wire.RunRequest) -> dict[str, str]:
    """By environment, never by argument: it holds secrets, and everyone on a machine can read arguments."""
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def plugin_arguments(request: wire.RunPluginRequest) -> list[str]:
    directory = request.info.program_directory
    if request.kind == "analyzer":
        return ["-m", "pulumi.policy", *request.args, directory]
    return [directory, *request.args]


def ending(code: int) -> str:
    return f"exited with non-zero exit code: {code}" if code > 0 else f"was ended by {signal.Signals(-code).name}"


async def end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), SECONDS_TO_END)
    except TimeoutError:
        process.kill()
        await process.wait()


async def serve(executor: Path, engine_address: str) -> None:
    """Serves until it is told to stop or its engine is gone: a killed engine cannot say so."""
    engine = os.getppid()
    host, server = LanguageHost(executor, engine_address), grpc.aio.server()
    add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    while not stopped.is_set() and os.getppid() == engine:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), timeout=1)
    await host.end_children()
    await server.stop(grace=None)


if __name__ == "__main__":
    # Tracing and logging flags may stand between the two.
    asyncio.run(serve(executor=Path(sys.argv[1]), engine_address=sys.argv[-1]))
