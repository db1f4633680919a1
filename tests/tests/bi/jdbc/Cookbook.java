import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Prints the rows that SQL files answer over JDBC: URL, then files. A line each, columns apart by tabs, under a line with the file's name. */
public final class Cookbook {
    private Cookbook() {}

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0]);
                Statement statement = connection.createStatement()) {
            for (String file : List.of(arguments).subList(1, arguments.length)) {
                System.out.println("# " + Path.of(file).getFileName());
                try (ResultSet rows = statement.executeQuery(Files.readString(Path.of(file)))) {
                    print(rows);
                }
            }
        }
    }

    private static void print(ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            String[] row = new String[columns];
            for (int column = 0; column < columns; column++) {
                String text = rows.getString(column + 1);
                row[column] = text == null ? "" : text;
            }
            System.out.println(String.join("\t", row));
        }
    }
}
