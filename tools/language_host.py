"""The Python language host for a Pulumi engine that was built from its Go modules.

Pulumi's Go modules do not contain Pulumi's own Python host. Therefore the built CLI uses this host as
``pulumi-language-python``. An installed Pulumi uses its own host.

Arguments are the path of the SDK's program executor and the address of the engine. The host prints the port of
its ``LanguageRuntime`` service. It does not install dependencies: programs and plugins run in the virtual
environment that their project names, or in the one of this host.
"""
# ruff: noqa: N802, ARG002 - gRPC defines the names and arguments of the methods

import asyncio
import json
import os
import platform
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty


@contextmanager
def without_sdk() -> Iterator[None]:
    """In the block, an import of Pulumi's messages does not import the SDK, which takes longer than this host's start.

    Two empty packages represent `pulumi` and `pulumi.runtime` in the block, unless the SDK is loaded already.
    """
    sdk = find_spec("pulumi")
    assert sdk is not None
    assert sdk.submodule_search_locations is not None
    folder = Path(sdk.submodule_search_locations[0])
    folders = {} if "pulumi" in sys.modules else {"pulumi": folder, "pulumi.runtime": folder / "runtime"}
    for name, path in folders.items():
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(path)]
    try:
        yield
    finally:
        for name in folders:
            del sys.modules[name]


with without_sdk():
    from pulumi.runtime.proto import language_pb2 as wire
    from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer, add_LanguageRuntimeServicer_to_server
    from pulumi.runtime.proto.plugin_pb2 import PluginInfo

Context = grpc.aio.ServicerContext[Any, Any]

EXIT_AFTER_MESSAGE = 32
"""Exit code of the executor if it has already printed the error."""

SECONDS_TO_END = 2.0
"""Time between SIGTERM and SIGKILL of a child process. The engine gives this host 5 seconds."""


class LanguageHost(LanguageRuntimeServicer):
    """Runs programs, each in a child process. A subclass has the command of its language."""

    def __init__(self, engine_address: str) -> None:
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

    async def InstallDependencies(  # type: ignore[override] # see RunPlugin
        self, request: wire.InstallDependenciesRequest, context: Context
    ) -> None:
        """Installs nothing, and prints nothing because programs parse the output of some commands."""

    async def Run(self, request: wire.RunRequest, context: Context) -> wire.RunResponse:
        """Runs the program until it exits. The engine shows the output of this host, which is also the program's."""
        command = await self.program_command(request, context)
        async with self.child(command, request.pwd, os.environ | configuration(request)) as program:
            code = await program.wait()
        if code == EXIT_AFTER_MESSAGE:
            return wire.RunResponse(bail=True)
        return wire.RunResponse(error="" if code == 0 else f"Program {exit_description(code)}")

    async def program_command(self, request: wire.RunRequest, context: Context) -> list[str]:
        """Returns the command that runs the program."""
        raise NotImplementedError

    async def Cancel(self, request: Empty, context: Context) -> Empty:
        await self.terminate_children()
        return Empty()

    @asynccontextmanager
    async def child(
        self, command: list[str], directory: str, environment: Mapping[str, str], output: int | None = None
    ) -> AsyncIterator[Process]:
        """A child process that is terminated at the end of the block, also after an error."""
        process = await asyncio.create_subprocess_exec(
            *command, cwd=directory, env=environment, stdin=DEVNULL, stdout=output, stderr=output
        )
        self.children.add(process)
        try:
            yield process
        finally:
            await terminate(process)
            self.children.discard(process)

    async def terminate_children(self) -> None:
        await asyncio.gather(*(terminate(process) for process in self.children))


class PythonHost(LanguageHost):
    """Runs Python programs, component plugins and policy packs."""

    def __init__(self, executor: Path, engine_address: str) -> None:
        super().__init__(engine_address)
        self.executor = executor

    async def program_command(self, request: wire.RunRequest, context: Context) -> list[str]:
        python = await interpreter_for(request.info, context)
        return [python, "-u", str(self.executor), *executor_arguments(request, self.engine_address)]

    async def RunPlugin(  # type: ignore[override] # grpc.aio also accepts a coroutine that writes
        self, request: wire.RunPluginRequest, context: Context
    ) -> None:
        """Runs a plugin until it exits, and forwards its output. The last message is the exit code."""
        command = [await interpreter_for(request.info, context), "-u", *plugin_arguments(request)]
        environment = dict(entry.split("=", 1) for entry in request.env)
        writing = asyncio.Lock()

        async def forward(stream: asyncio.StreamReader | None, message: Callable[[bytes], object]) -> None:
            while stream and (chunk := await stream.read(65536)):
                async with writing:
                    await context.write(message(chunk))

        async with self.child(command, request.pwd, environment, output=PIPE) as plugin:
            await asyncio.gather(
                forward(plugin.stdout, lambda chunk: wire.RunPluginResponse(stdout=chunk)),
                forward(plugin.stderr, lambda chunk: wire.RunPluginResponse(stderr=chunk)),
            )
            await context.write(wire.RunPluginResponse(exitcode=await plugin.wait()))


async def interpreter_for(info: wire.ProgramInfo, context: Context) -> str:
    """Path of the interpreter of the project's ``virtualenv`` option, or of this host."""
    option = dict(info.options).get("virtualenv")
    if not option:
        return sys.executable
    python = Path(info.root_directory, str(option), "bin", "python")
    if not python.exists():
        missing = f"`virtualenv` is {option}, but there is no {python}. Create it, or remove the option."
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, missing)
    return str(python)


def executor_arguments(request: wire.RunRequest, engine_address: str, separator: str = "_") -> list[str]:
    """Returns the arguments of an SDK's program executor. The separator is inside the names of options."""
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
    flags = [f"--{name.replace('_', separator)}={value}" for name, value in options.items() if value]
    return [*flags, request.info.entry_point or ".", *request.args]


def configuration(request: wire.RunRequest) -> dict[str, str]:
    """Environment variables with the configuration. It holds secrets, and all users of a machine can read arguments."""
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def plugin_arguments(request: wire.RunPluginRequest) -> list[str]:
    directory = request.info.program_directory
    if request.kind == "analyzer":
        return ["-m", "pulumi.policy", *request.args, directory]
    return [directory, *request.args]


def exit_description(code: int) -> str:
    return f"exited with non-zero exit code: {code}" if code > 0 else f"was terminated by {signal.Signals(-code).name}"


async def terminate(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), SECONDS_TO_END)
    except TimeoutError:
        process.kill()
        await process.wait()


async def serve(host: LanguageHost) -> None:
    """Serves until a signal arrives or the engine exits. A killed engine only closes its end of the input pipe."""
    server = grpc.aio.server()
    add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)

    stopped, loop, pipe = asyncio.Event(), asyncio.get_running_loop(), sys.stdin.fileno()

    def stop_at_its_end() -> None:
        if not os.read(pipe, 1):
            stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    loop.add_reader(pipe, stop_at_its_end)
    await stopped.wait()
    await host.terminate_children()
    await server.stop(grace=None)


if __name__ == "__main__":
    # There may be flags for tracing and logging between these two arguments.
    asyncio.run(serve(PythonHost(executor=Path(sys.argv[1]), engine_address=sys.argv[-1])))
