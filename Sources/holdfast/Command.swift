import ArgumentParser
@main struct Holdfast: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "holdfast")
}
