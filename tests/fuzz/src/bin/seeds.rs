//! Writes the seeds as files: `seeds REPOSITORY CORPUS` fills `CORPUS/<target>/seed-…`.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let (Some(repository), Some(corpus)) = (args.next(), args.next()) else {
        return Err(io::Error::other("usage: seeds REPOSITORY CORPUS"));
    };
    for (number, (target, decoder, input)) in
        sheaf_fuzz::seeds::all(Path::new(&repository))?.into_iter().enumerate()
    {
        let folder = Path::new(&corpus).join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("seed-{number:04}-{}", decoder.replace('/', "-"))), input)?;
    }
    Ok(())
}
