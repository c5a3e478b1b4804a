"""The command line. It decides nothing: it reads arguments, calls the pipeline and says how it went.

Exit codes: 0 done, 1 something failed (standard error says what; all else is done), 2 usage, 130 after Ctrl-C (143 and
129 after SIGTERM and SIGHUP), 141 where nobody reads standard output any more. What takes time to load is imported
inside the commands.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click
import regex

from quotes.arguments import (
    READING,
    Commands,
    Grouped,
    bounding_options,
    keeping_options,
    output_option,
    reading_options,
)
from quotes.errors import MissingExtraError, ModelNotFoundError, OutputError, OverwritingError, PeopleError, QuotesError
from quotes.interrupts import Stopped, stoppable
from quotes.offsets import UNIT, UNITS, Unit
from quotes.options import Options, RunOptions, parse_acts, parse_types
from quotes.settings import find_settings, read_settings
from quotes.shards import Shard
from quotes.version import __version__

if TYPE_CHECKING:
    from quotes.reading import ReadOptions
    from quotes.types import Act, Document, QuoteType
    from quotes.writing import Columns, Tally

__all__ = ["main"]

DEFAULTS = Options()
ErrorsFormat = Literal["text", "json"]
STDIN = "-"
_FIELD = regex.compile(r"`(\w+)`")


def _types(_: click.Context, __: click.Parameter, value: str) -> tuple[QuoteType, ...]:
    try:
        return parse_types(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _acts(_: click.Context, __: click.Parameter, value: str) -> tuple[Act, ...]:
    try:
        return parse_acts(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _without(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    if values:
        from quotes.pipeline import RULES

        if unknown := [value for value in values if value not in RULES]:
            raise click.BadParameter(f"{unknown[0]!r} is no rule; the rules are {', '.join(RULES)}")
    return values


def _complete_format(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    from quotes.writing import FORMATS

    return [name for name in FORMATS if name.startswith(begun)]


def _shard(_: click.Context, __: click.Parameter, value: str | None) -> Shard | None:
    try:
        return None if value is None else Shard.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


class _Report:
    """Says on standard error what went wrong, and remembers whether anything failed."""

    def __init__(self, format: ErrorsFormat = "text") -> None:
        self.failures = 0
        self.format = format

    def error(self, line: str) -> None:
        """Something failed."""
        self.failures += 1
        self._say("error", line)

    def warn(self, line: str) -> None:
        """Nothing failed, but a user should know."""
        self._say("warning", line)

    def finish(self, tally: Tally, seconds: float) -> None:
        """How much there was."""
        counts = {"article": tally.articles, "quotation": tally.quotations, "speaker": len(tally.names)}
        said = ", ".join(_count(number, thing) for thing, number in counts.items())
        about: dict[str, float] = {f"{thing}s": number for thing, number in counts.items()}
        about |= {"flagged": tally.flagged, "problems": tally.problems, "seconds": round(seconds, 2)}
        problems = f", {_count(tally.problems, 'problem')}" if tally.problems else ""
        self._say("summary", f"{said}, {tally.flagged} flagged{problems}, {seconds:.1f} s", **about)

    def _say(self, level: str, line: str, **about: float) -> None:
        line = _printable(_FIELD.sub(_as_option, line))
        said = json.dumps({"level": level, "message": line, **about}) if self.format == "json" else f"quotes: {line}"
        with suppress(OSError, ValueError):  # nobody reads it, or no room is left: the records come first
            if sys.stderr is not None:
                _line_on_stderr(said)


def _line_on_stderr(line: str) -> None:
    """Above the bar, where there is one."""
    if bar := sys.modules.get("tqdm"):
        bar.tqdm.write(line, file=sys.stderr)
    else:
        print(line, file=sys.stderr)  # noqa: T201 (what `write` of the bar does, which takes long to load)


def _as_option(field: regex.Match[str]) -> str:
    """What Python calls `text_field` is --text-field here."""
    return READING[field[1]][0] if field[1] in READING else field[0]


def _printable(line: str) -> str:
    """On one line and without control characters: a terminal must not obey what a file holds."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in line)


@contextmanager
def _reporting(format: ErrorsFormat = "text") -> Iterator[_Report]:
    """Turns what ends a command early into a line and an exit code."""
    report = _Report(format)
    try:
        with stoppable():
            yield report
    except (MissingExtraError, ModelNotFoundError, OverwritingError, PeopleError) as error:
        report.error(str(error))
        sys.exit(2)
    except QuotesError as error:
        report.error(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes it once more at the end
        sys.exit(141)
    except Stopped as stopped:
        sys.exit(128 + stopped.number)
    except KeyboardInterrupt:
        report.warn("interrupted")
        sys.exit(130)
    if report.failures:
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quotes")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Who said what in the news: quotations with their speakers, exact offsets, validated records."""
    assert isinstance(ctx.command, click.Group)
    if file := find_settings(Path()):
        ctx.default_map = read_settings(file, ctx.command)


@main.command(cls=Grouped)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@output_option
@click.option(
    "--format",
    "format",
    metavar="NAME",
    shell_complete=_complete_format,
    help="What to write: jsonl, text, csv, xlsx, sqlite, parquet, webannotation, claimreview, labelstudio, prodigy,"
    " doccano, brat, docbin or html.  [default: what the ending of -o says, else text on a terminal and jsonl]",
)
@click.option(
    "--columns",
    type=click.Choice(["short", "all"]),
    default="short",
    show_default=True,
    help="The columns of csv and xlsx: those that a person reads, or everything.",
)
@click.option(
    "--model",
    default=DEFAULTS.model,
    metavar="NAME",
    show_default=True,
    help="What finds names: the reader, or an installed spaCy pipeline.",
)
@click.option(
    "--type",
    "types",
    callback=_types,
    default=",".join(DEFAULTS.types),
    show_default=True,
    metavar="TYPES",
    help="direct, mixed, indirect, or all.",
)
@click.option(
    "--act",
    "acts",
    callback=_acts,
    default="all",
    show_default=True,
    metavar="ACTS",
    help="speech, thought (what is believed, hoped, planned), or all.",
)
@click.option("--without", callback=_without, multiple=True, metavar="ID", hidden=True, help="Do not follow a rule.")
@click.option(
    "--people",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A table (.csv, .jsonl) of known people and bodies: name, aliases, id, kind, role. Speakers get their ids.",
)
@click.option(
    "--save-text",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep each article's text in DIR, named by its sha256, so that validate --against DIR can check the records.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Work in so many processes."
)
@click.option("--resume", is_flag=True, help="Go on where a run with the same -o FILE was stopped.")
@click.option(
    "--shard",
    callback=_shard,
    metavar="K/N",
    help="Take only the K-th of N parts of the articles; FILE.done appears once its FILE is whole.",
)
@click.option(
    "--offsets",
    type=click.Choice(UNITS),
    default=UNIT,
    show_default=True,
    help="What offsets count; other than code points in jsonl, csv, xlsx, sqlite, parquet and doccano.",
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    envvar="QUOTES_QUIET",
    help="No progress and no last line on standard error: problems alone. QUOTES_QUIET=1 asks for the same.",
)
@click.option(
    "--errors-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines on standard error for people, or JSON objects for programs.",
)
@reading_options
def extract(
    paths: tuple[str, ...],
    output: Path | None,
    format: str | None,
    model: str,
    types: tuple[QuoteType, ...],
    acts: tuple[Act, ...],
    without: tuple[str, ...],
    people: Path | None,
    save_text: Path | None,
    jobs: int,
    resume: bool,
    shard: Shard | None,
    offsets: Unit,
    columns: Columns,
    quiet: bool,
    errors_format: ErrorsFormat,
    reading: dict[str, Any],
) -> None:
    """Write the quotations of articles, as JSON Lines or in a format that other tools read.

    PATH is a file, a folder (searched for articles) or - for standard input, which is also read where no PATH is given.
    """
    if not paths and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("Give the files or folders to read, or pipe an article in.")
    if output and not os.path.isdir(output.parent):  # noqa: PTH112 (Path.is_dir can raise)
        raise click.BadParameter(_printable(f"there is no folder {output.parent}"), param_hint="'-o'")
    format = _format(output, format, offsets)
    if resume and output is None:
        raise click.UsageError("--resume goes on with a file: name it with -o FILE.")
    with _reporting(errors_format) as report:
        from quotes.pipeline import run
        from quotes.reading import ReadOptions

        paths, read, began = paths or (STDIN,), ReadOptions(**reading), perf_counter()
        bar = nullcontext(_unseen) if quiet else _progress(paths, read, output, shard)
        with bar as done:
            tally = run(
                paths,
                output,
                Options(model, types, people, acts, without),
                RunOptions(jobs, resume, save_text, format, shard, offsets, columns),
                read,
                on_error=report.error,
                on_warning=report.warn,
                on_done=done,
            )
        if not quiet:
            report.finish(tally, perf_counter() - began)


def _format(output: Path | None, format: str | None, offsets: Unit) -> str:
    from quotes.writing import FORMATS, choose_format

    if format is not None and format not in FORMATS:
        names = ", ".join(FORMATS)
        raise click.BadParameter(f"{format!r} is not written; choose from {names}", param_hint="'--format'")
    if output is None and format is None and offsets == UNIT and _is_terminal(sys.stdout):
        format = "text"
    try:
        chosen = choose_format(output, format)
    except OutputError as error:
        raise click.UsageError(_printable(str(error))) from error
    if offsets not in (units := FORMATS[chosen].units):
        raise click.BadParameter(f"{chosen} counts {' or '.join(units)}", param_hint="'--offsets'")
    return chosen


def _progress(
    paths: tuple[str, ...], reading: ReadOptions, output: Path | None, shard: Shard | None
) -> AbstractContextManager[Callable[[Document, bool], None]]:
    """A bar, on a terminal that does not show the records."""
    if not _is_terminal(sys.stderr) or (output is None and _is_terminal(sys.stdout)):
        return nullcontext(_unseen)
    from quotes.progress import progress
    from quotes.reading import count_documents

    return progress(count_documents(paths, reading, shard))


def _unseen(document: Document, before: bool) -> None:
    """Where nobody watches how far a run has come."""


def _is_terminal(stream: TextIO | None) -> bool:
    """None is a stream that was closed before the program began."""
    return stream is not None and stream.isatty()


@main.command(cls=Grouped)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--against",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Check each span verbatim against the articles in this folder or file, or their texts from --save-text, too.",
)
@reading_options
def validate(files: tuple[str, ...], against: Path | None, reading: dict[str, Any]) -> None:
    """Check files of records against the schema.

    FILE holds one record a line; - is standard input. Each problem is a line on standard error: file, line, place in
    the record, reason.
    """
    with _reporting() as report:
        from quotes.reading import ReadOptions
        from quotes.validate import check_files

        records = check_files(files, against, report.error, ReadOptions(**reading))
        problems = _count(report.failures, "problem") if report.failures else "no problems"
        report.warn(f"{_count(records, 'record')} in {_count(len(files), 'file')} checked: {problems}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@main.command(cls=Grouped)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="One JSON object a speaker, one a line.")
@bounding_options()
def speakers(files: tuple[str, ...], as_json: bool, reading: dict[str, Any]) -> None:
    """Who said how much: a table of the speakers in files of records.

    FILE holds one record a line; - is standard input. Speakers of several articles are one where their id is one, or
    their full name and role.
    """
    with _reporting() as report:
        from quotes.overwriting import refuse_overwriting
        from quotes.reading import ReadOptions
        from quotes.summary import table, who_said_how_much
        from quotes.validate import read_records
        from quotes.writing import print_lines

        refuse_overwriting(None, files)
        rows = who_said_how_much(read_records(files, report.error, ReadOptions(**reading)))
        lines = (json.dumps(row.to_dict()) for row in rows) if as_json else table(rows)
        print_lines(line.rstrip() for line in lines)


@main.command(cls=Grouped)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--json", "format", flag_value="jsonl", help="The same as --format jsonl.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="A table, or one JSON object a group, one a line.",
)
@click.option("--differing", is_flag=True, help="Only groups in which something differs.")
@click.option(
    "--similarity",
    type=click.FloatRange(0.5, 1),
    default=0.8,
    show_default=True,
    metavar="SHARE",
    help="The share of words that two versions have in common, cuts aside.",
)
@click.option(
    "--type",
    "types",
    callback=_types,
    default="direct,mixed",
    show_default=True,
    metavar="TYPES",
    help="direct, mixed, indirect, or all.",
)
@bounding_options("max_kept_bytes")
def trace(
    files: tuple[str, ...],
    format: str,
    differing: bool,
    similarity: float,
    types: tuple[QuoteType, ...],
    reading: dict[str, Any],
) -> None:
    """Find the same words in several articles: where they appeared first, and how the versions differ.

    FILE holds one record a line; - is standard input. Each version is compared with the earliest whole one: altered
    words, a "not" or "may" that is gone, a cut in mid-sentence, another speaker.
    """
    with _reporting() as report:
        from quotes.overwriting import refuse_overwriting
        from quotes.reading import Kept, ReadOptions
        from quotes.tracing import TraceOptions, table, to_dict
        from quotes.tracing import trace as find_groups
        from quotes.validate import read_records
        from quotes.writing import print_lines

        options = ReadOptions(**reading)
        refuse_overwriting(None, files)
        records = read_records(files, report.error, options, Kept(options))
        groups = find_groups(records, TraceOptions(similarity=similarity, types=types))
        shown = [group for group in groups if group.kinds] if differing else groups
        lines = (json.dumps(to_dict(group)) for group in shown) if format == "jsonl" else table(shown)
        print_lines(lines)
        differ = sum(bool(group.kinds) for group in groups)
        report.warn(f"{_count(len(groups), 'group')} of the same words, {differ} with differences")


@main.command(cls=Grouped)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@output_option
@click.option(
    "--against",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Show whole articles, from this folder or file or from --save-text; else each record stands in its sentence.",
)
@click.option(
    "--apply",
    "decided",
    type=click.Path(path_type=Path),
    metavar="DECISIONS",
    help="Write records, not a page: the rejected ones left out, speakers corrected, `review` in each decided one.",
)
@keeping_options
def review(
    files: tuple[str, ...], output: Path | None, against: Path | None, decided: Path | None, reading: dict[str, Any]
) -> None:
    """Write a web page on which a person accepts, corrects and rejects records, and apply what was decided.

    FILE holds one record a line; - is standard input. The page needs no network; its button downloads the decisions as
    a file for --apply.
    """
    if not (output or decided) and _is_terminal(sys.stdout):
        raise click.UsageError("A terminal shows no page: name a file for it, -o review.html, and open that.")
    with _reporting() as report:
        from quotes.overwriting import refuse_overwriting
        from quotes.reading import Kept, ReadOptions
        from quotes.review import apply_decisions, by_article, read_decisions
        from quotes.validate import Sources, read_records
        from quotes.writing import open_writer

        reading_options = ReadOptions(**reading)
        refuse_overwriting(output, [*files, *filter(None, (decided, against))], reading_options)
        records = read_records(files, report.error, reading_options, Kept(reading_options))
        if decided:
            decisions = read_decisions(decided, report.error, reading_options)
            if report.failures and not decisions:
                raise OutputError(f"{output or 'standard output'}: is not written: no decision was read")
            outcome = apply_decisions(records, decisions, report.error)
            report.warn(f"{', '.join(f'{number} {how}' for how, number in outcome.counts.items())}")
            records = iter(outcome.records)
        text_of = Sources(against, reading_options).text_of if against else lambda document: None
        with open_writer(output, "jsonl" if decided else "html") as writer:
            written = False
            for document, found in by_article(records, text_of):
                writer.write(document, found)
                written = True
                if against and not decided and not document.text:
                    report.warn(f"{document.path or document.id}: not in {against}: shown sentence by sentence")
            if report.failures and not written:
                raise OutputError(f"{output or 'standard output'}: is not written: no record was read")


@main.command(cls=Grouped)
@click.argument("claimed", metavar="CLAIMED", type=click.Path())
@click.option("--sources", "first", type=click.Path(), metavar="PATH...", help="Files and folders to look in.")
@click.argument("more", metavar="", nargs=-1, type=click.Path())
@click.option(
    "--index",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep what was read of the sources in FILE, and look in all that it holds.",
)
@output_option
@click.option(
    "--format",
    "format",
    type=click.Choice(["table", "jsonl", "csv", "html"]),
    help="What to write.  [default: what the ending of -o says, else table]",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Read in so many processes."
)
@reading_options
def check(
    claimed: str,
    first: str | None,
    more: tuple[str, ...],
    file: Path | None,
    output: Path | None,
    format: str | None,
    jobs: int,
    reading: dict[str, Any],
) -> None:
    """Say of claimed quotations whether the sources have them, word for word, from that mouth.

    CLAIMED is .csv or .jsonl with the columns `text` and `speaker`, records, or an article, whose quotations are
    checked; - is standard input. Each claim is verbatim, typographic (signs differ), altered, stitched, from another
    speaker, a paraphrase only, or not found: with its place in the sources, and what differs. The exit code is 1 where
    one is neither verbatim nor typographic.
    """
    sources = [path for path in (first, *more) if path is not None]
    if not sources and file is None:
        raise click.UsageError("Name what to look in: --sources PATH, or an --index FILE that was made before.")
    if not sources and file and not file.exists():
        raise click.UsageError(_printable(f"There is no {file} yet: name what it is to hold with --sources PATH."))
    with _reporting() as report:
        from quotes.overwriting import refuse_overwriting
        from quotes.reading import ReadOptions
        from quotes.verifying import Checking, write_findings

        options = ReadOptions(**reading)
        refuse_overwriting(output, [claimed, *sources, *([file] if file else [])], options)
        run = Checking(options, jobs, report.error, report.warn)
        findings = run.check(claimed, sources, file, [path for path in (output, file) if path])
        write_findings(findings, output, format)
        report.warn(run.told(findings))
        report.failures += run.doubtful(findings)


@main.command(cls=Grouped)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True))
@click.option("--open/--no-open", "show", default=True, help="Show the page in the browser at once.")
@keeping_options
def desk(paths: tuple[str, ...], show: bool, reading: dict[str, Any]) -> None:
    """Open a page on this machine for articles to be dropped on, reviewed and downloaded as records.

    No other machine can reach it, nothing leaves this one, and nothing is kept when it is closed (Ctrl-C). PATH are
    files and folders to begin with.
    """
    with _reporting():
        import webbrowser

        from quotes.desk import serve
        from quotes.reading import ReadOptions

        def opened(address: str) -> None:
            click.echo(address)
            if show:
                webbrowser.open(address)

        serve(paths, opened, ReadOptions(**reading))


@main.command("eval", cls=Grouped)
@click.argument("gold", metavar="GOLD", type=click.Path(path_type=Path))
@click.argument("predicted", metavar="PRED", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all figures.")
@bounding_options("max_kept_bytes")
def evaluate(gold: Path, predicted: Path, as_json: bool, reading: dict[str, Any]) -> None:
    """How much of GOLD was found in PRED: precision, recall and F1.

    Both are files of records, or of annotated articles, one a line. Articles are told apart by their id; that of a
    prediction may be a file name, id.txt. Of records that were reviewed in part, those that somebody decided on count.
    """
    with _reporting() as report:
        from quotes.evaluation import (
            compare_all,
            is_reviewed,
            read_articles,
            score,
            table,
            to_json,
            undecided,
            without_undecided,
        )
        from quotes.overwriting import refuse_overwriting
        from quotes.reading import ReadOptions
        from quotes.writing import print_lines

        options = ReadOptions(**reading)
        refuse_overwriting(None, [gold, predicted])
        known = read_articles(gold, options)
        found = compare_all(known, read_articles(predicted, options))
        if is_reviewed(known):
            found = list(map(without_undecided, found))
            report.warn(f"{_count(undecided(known), 'record')} of {gold} left out: nobody decided on them")
        figures = score(found)
        print_lines([json.dumps(to_json(figures))] if as_json else table(figures))


@main.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    with _reporting():
        from quotes.schema import read_schema
        from quotes.writing import print_lines

        print_lines(read_schema().splitlines())


@main.command("spark-submit-job")
def spark_submit_job() -> None:
    """Print the path of the program for spark-submit.

    It reads a Parquet table of articles and writes one of records:

    spark-submit $(quotes spark-submit-job) IN OUT
    """
    with _reporting():
        from quotes.spark import JOB
        from quotes.writing import print_lines

        print_lines([str(JOB)])
