import ArgumentParser
import CHoldfast
import Foundation

@main
struct Holdfast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "A position-management core: hidden stops, exactly one close, nothing lost.",
        version: String(cString: hf_version_text()),
        subcommands: [Demo.self, Run.self, Replay.self, Apply.self, ExecutorCommand.self])

    /// A bad argument ends with 2, like a bad file: the parser's own status would be 64.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
            // A table that nobody could read is no success.
            if fflush(nil) != 0 {
                throw refuse(["the output could not be written: is its disk full?"])
            }
        } catch {
            if exitCode(for: error) != .validationFailure { exit(withError: error) }
            var stream = StandardError()
            print(fullMessage(for: error), to: &stream)
            Foundation.exit(2)
        }
    }
}

/// Prints to standard error, where what is not data belongs.
struct StandardError: TextOutputStream {
    mutating func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// A message with cause and fix, and the exit status of a bad file or argument.
func refuse(_ messages: [String]) -> ExitCode {
    var stream = StandardError()
    for message in messages { print("holdfast: \(message)", to: &stream) }
    return ExitCode(2)
}
